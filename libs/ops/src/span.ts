/** Span with ids in hexadecimal digits, times in epoch ms. */
export type Span = {
  traceId: string;
  spanId: string;
  parentId: string | null;
  name: string;
  from: number;
  to: number;
  attributes: Record<string, string>;
};
/** Destination of spans. */
export type SpanExporter = { send(span: Span): void; close(): Promise<void> };

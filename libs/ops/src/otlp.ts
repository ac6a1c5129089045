import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Span, SpanExporter } from './span.js';

/** Spans wait for this time, ms, and are then sent together. */
const DELAY_MS = 1_000;
/** Spans beyond these are dropped while the collector is away. */
const MAX_WAITING = 2_048;

/** Exports spans with OTLP over HTTP. @param endpoint of a collector, such as `http://127.0.0.1:4318` */
export function createOtlpExporter(endpoint: string, role: string, node: string): SpanExporter {
  const ids = { traceId: '', spanId: '' };
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `hexfleet-${role}`, 'service.instance.id': node }),
    // Asked for the ids of a span within `startSpan`.
    idGenerator: { generateTraceId: () => ids.traceId, generateSpanId: () => ids.spanId },
    spanProcessors: [
      new BatchSpanProcessor(exporter, { scheduledDelayMillis: DELAY_MS, maxQueueSize: MAX_WAITING }),
    ],
  });
  const tracer = provider.getTracer('hexfleet');
  return {
    send: ({ traceId, spanId, parentId, name, from, to, attributes }: Span) => {
      Object.assign(ids, { traceId, spanId });
      const parent = { traceId, spanId: parentId ?? '', traceFlags: TraceFlags.SAMPLED, isRemote: true };
      const context = parentId === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
      tracer.startSpan(name, { startTime: from, attributes }, context).end(to);
    },
    close: () => provider.shutdown(),
  };
}

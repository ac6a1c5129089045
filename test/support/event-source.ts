/** One event of a stream. */
export type StreamedEvent = { event: string; data: any; id: string | null };

/** A stream of server-sent events, read as a client without any library would. */
export async function openStream(
  url: string,
  token: string | null,
  lastEventId?: string,
): Promise<{ status: number; events: StreamedEvent[]; ended: () => boolean; close(): void }> {
  const abort = new AbortController();
  const headers: Record<string, string> = {};
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: StreamedEvent[] = [];
  let hasEnded = false;
  void (async () => {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) events.push(...parsed(block));
    }
    hasEnded = true;
  })().catch(() => {
    hasEnded = true;
  });
  return { status: response.status, events, ended: () => hasEnded, close: () => abort.abort() };
}

function parsed(block: string): StreamedEvent[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
  const event = field('event');
  return event === null ? [] : [{ event, data: JSON.parse(field('data')!), id: field('id') }];
}

/** A client of server-sent events: what it was told, and whether the server ended the stream. */
export type EventClient = {
  status: number;
  events: Array<{ event: string; data: any; id?: string }>;
  /** all that came, as it came */
  text: () => string;
  isOver: () => boolean;
  close: () => void;
};

export async function openEvents(
  url: string,
  { token, lastEventId }: { token?: string; lastEventId?: string | undefined } = {},
): Promise<EventClient> {
  const aborter = new AbortController();
  const headers: Record<string, string> = {};
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
  const response = await fetch(url, { headers, signal: aborter.signal });
  const events: EventClient['events'] = [];
  let text = '';
  let isOver = false;
  const read = async () => {
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
        const event = field('event');
        const id = field('id');
        if (event !== null)
          events.push({ event, data: JSON.parse(field('data')!), ...(id === null ? {} : { id }) });
      }
    }
    isOver = true;
  };
  // Only a stream that this side closed fails.
  read().catch(() => {});
  return {
    status: response.status,
    events,
    text: () => text,
    isOver: () => isOver,
    close: () => aborter.abort(),
  };
}

/** A client of server-sent events: what it was told, and whether the server ended the stream. */
export type EventClient = {
  status: number;
  events: Array<{ event: string; data: any }>;
  /** all that came, as it came */
  text: () => string;
  isOver: () => boolean;
  close: () => void;
};

export async function openEvents(url: string): Promise<EventClient> {
  const aborter = new AbortController();
  const response = await fetch(url, { signal: aborter.signal });
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
        const event = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (event !== undefined) events.push({ event, data: JSON.parse(data!) });
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

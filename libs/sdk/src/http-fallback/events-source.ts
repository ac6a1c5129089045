import { EventSource, type FetchLike, type FetchLikeResponse } from 'eventsource';
import { unavailable } from '../connection/errors.js';
import { errorOf } from './http.js';
import type { OpenSource } from './source.js';
import { Watchdog } from './watchdog.js';

/** A service answers with a first line at once. A proxy that keeps the answer until it ends passes nothing on. */
const FIRST_BYTE_MS = 6_000;
/** After that, the service writes something every five seconds. */
const NEXT_BYTE_MS = 12_500;
/** Tries that fail one after the other, two seconds apart, before this way is given up. */
const MAX_FAILURES = 3;

/** An EventSource whose events are all handed on, whatever they are named. */
class AnyEventSource extends EventSource {
  onAny: (event: Event) => void = () => {};

  override dispatchEvent(event: Event): boolean {
    this.onAny(event);
    return super.dispatchEvent(event);
  }
}

/** Server-sent events, with a token, and watched: bytes that come are the only sign that they do. */
export const openEvents: OpenSource = ({ url, path, token }, after, hears) => {
  let failures = 0;
  const end = (tell: () => void) => {
    source.close();
    watchdog.stop();
    tell();
  };
  const watchdog = new Watchdog(() => end(() => hears.failed('No events came through')));

  const open: FetchLike = async (input, init) => {
    try {
      const headers = { ...lastIdOf(after), ...init.headers, authorization: `Bearer ${await token()}` };
      watchdog.expect(FIRST_BYTE_MS);
      const response = await fetch(input, { ...init, headers } as RequestInit);
      if (isEventStream(response)) return noting(response, heard);
      const refusal = errorOf(await response.json().catch(() => null));
      if (refusal !== null && !refusal.retry) end(() => hears.refused(refusal));
      throw refusal ?? unavailable(`${path} answered ${response.status}`);
    } catch (error) {
      watchdog.stop();
      failures += 1;
      if (failures >= MAX_FAILURES && source.readyState !== source.CLOSED)
        end(() => hears.failed((error as Error).message));
      throw error;
    }
  };
  const heard = () => {
    failures = 0;
    watchdog.expect(NEXT_BYTE_MS);
  };

  const source = new AnyEventSource(`${url}/api/stream/${path}`, { fetch: open });
  source.onAny = (event) => {
    if (event instanceof MessageEvent)
      hears.event({ event: event.type, data: JSON.parse(event.data), id: event.lastEventId || null });
    // The stream has ended: the source comes again by itself.
    else if (event.type === 'error') watchdog.stop();
  };
  return { close: () => end(() => {}) };
};

const lastIdOf = (after: string | null): Record<string, string> =>
  after === null ? {} : { 'Last-Event-ID': after };

/** Not so of the page that some networks answer everything with. */
const isEventStream = ({ ok, headers }: Response): boolean =>
  ok && (headers.get('content-type') ?? '').startsWith('text/event-stream');

/** The same answer, of which each piece is noted when it comes. */
function noting({ body, url, status, redirected, headers }: Response, heard: () => void): FetchLikeResponse {
  const noted = body!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, pieces) => {
        heard();
        pieces.enqueue(piece);
      },
    }),
  );
  return { body: noted, url, status, redirected, headers };
}

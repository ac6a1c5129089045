import { EventSource, type FetchLike, type FetchLikeResponse } from 'eventsource';
import { STREAM_HEARTBEAT_MS } from '#protocol';
import { errorOf, unavailable } from '../connection/errors.js';
import type { OpenSource } from './source.js';

/** The service sends a first line at once; a proxy that buffers the response passes nothing on. */
const FIRST_BYTE_MS = 6_000;
/** After that, silence of two heartbeats and a half means that the stream is dead. */
const NEXT_BYTE_MS = 2.5 * STREAM_HEARTBEAT_MS;
/** Failures in a row, two seconds apart, before the source gives up. */
const MAX_FAILURES = 3;

/** An EventSource that passes on all events, whatever their name. */
class AnyEventSource extends EventSource {
  onAny: (event: Event) => void = () => {};

  override dispatchEvent(event: Event): boolean {
    this.onAny(event);
    return super.dispatchEvent(event);
  }
}

/** Server-sent events with a token. A watchdog ends a stream that receives no bytes: a buffering proxy sends no error. */
export const openEvents: OpenSource = ({ url, path, token }, after, handlers) => {
  let failures = 0;
  const end = (notify: () => void) => {
    source.close();
    watchdog.stop();
    notify();
  };
  const watchdog = new Watchdog(() => end(() => handlers.failed('No events came through')));

  const open: FetchLike = async (input, init) => {
    try {
      const headers = { ...lastIdOf(after), ...init.headers, authorization: `Bearer ${await token()}` };
      watchdog.expect(FIRST_BYTE_MS);
      const response = await fetch(input, { ...init, headers } as RequestInit);
      if (isEventStream(response)) return watchBytes(response, onBytes);
      const refusal = errorOf(await response.json().catch(() => null));
      if (refusal !== null && !refusal.retry) end(() => handlers.refused(refusal));
      throw refusal ?? unavailable(`${path} answered ${response.status}`);
    } catch (error) {
      watchdog.stop();
      failures += 1;
      if (failures >= MAX_FAILURES && source.readyState !== source.CLOSED)
        end(() => handlers.failed((error as Error).message));
      throw error;
    }
  };
  const onBytes = () => {
    failures = 0;
    watchdog.expect(NEXT_BYTE_MS);
  };

  const source = new AnyEventSource(`${url}/api/stream/${path}`, { fetch: open });
  source.onAny = (event) => {
    if (event instanceof MessageEvent)
      handlers.event({ event: event.type, data: JSON.parse(event.data), id: event.lastEventId || null });
    // The stream has ended; the source reconnects by itself.
    else if (event.type === 'error') watchdog.stop();
  };
  return { close: () => end(() => {}) };
};

/** Calls `onSilence` when an expected event does not happen in time. */
class Watchdog {
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly onSilence: () => void) {}

  /** Restarts the timeout: the next event is expected within `withinMs`. */
  expect(withinMs: number): void {
    this.stop();
    this.#timer = setTimeout(this.onSilence, withinMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const lastIdOf = (after: string | null): Record<string, string> =>
  after === null ? {} : { 'Last-Event-ID': after };

/** False for the page that some networks answer every request with. */
const isEventStream = ({ ok, headers }: Response): boolean =>
  ok && (headers.get('content-type') ?? '').startsWith('text/event-stream');

/** Returns the same response, and calls `onBytes` with each chunk. */
function watchBytes(
  { body, url, status, redirected, headers }: Response,
  onBytes: () => void,
): FetchLikeResponse {
  const watched = body!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        onBytes();
        controller.enqueue(chunk);
      },
    }),
  );
  return { body: watched, url, status, redirected, headers };
}

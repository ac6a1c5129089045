import type { ServerResponse } from 'node:http';
import { STREAM_HEARTBEAT_MS } from '#protocol';

/** How long a browser waits before it comes again. */
const RETRY_MS = 2_000;
/** This much may wait for a client that reads too slowly, or be sent to it in one turn; with more, it is cut off. */
const MAX_WAITING_BYTES = 256 * 1_024;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  // nginx would keep the events back.
  'x-accel-buffering': 'no',
};

/**
 * Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html, as the answer to a request, by
 * Express or not. A comment every five seconds lets both sides and all proxies notice when the other is gone. A browser
 * that was cut off comes again by itself, with the last id that it got as `Last-Event-ID`.
 */
export class EventStream {
  /** @param closed the client is gone, was too slow, or the stream was ended; once */
  constructor(
    private readonly response: ServerResponse,
    closed: () => void,
  ) {
    response.writeHead(200, HEADERS);
    this.#write(`retry: ${RETRY_MS}\n\n`);
    const heartbeat = setInterval(() => this.#write(':\n\n'), STREAM_HEARTBEAT_MS);
    const finish = () => {
      clearInterval(heartbeat);
      closed();
    };
    // A client that went while its request was looked at has been closed already.
    if (response.destroyed) queueMicrotask(finish);
    else response.once('close', finish);
  }

  /** @param event and `id` have no line breaks */
  send(event: string, data: object, id?: string | number): void {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Says a last thing and ends. A browser comes again even then, unless the page closes its source on this event. */
  end(event: string, data: object): void {
    this.send(event, data);
    this.close();
  }

  /** A browser comes again, to another node perhaps. */
  close(): void {
    this.response.end();
  }

  /** It could not begin; a browser comes again after a while. */
  fail(): void {
    this.close();
  }

  #write(text: string): void {
    const { response } = this;
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
    else response.write(text);
  }
}

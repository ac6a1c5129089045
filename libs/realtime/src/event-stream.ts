import type { ServerResponse } from 'node:http';
import { STREAM_HEARTBEAT_MS } from '#protocol';
import { endOfConnection, FAREWELL_MS, type SendQueueOptions } from './send-queue.js';

/** Delay before a browser reconnects. */
const RETRY_MS = 2_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  // Without it, nginx buffers the events.
  'x-accel-buffering': 'no',
};

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as the response to an HTTP request.
 * A comment every five seconds lets both sides and all proxies notice a dead connection. A browser that loses the
 * connection reconnects by itself and sends the last id it received as `Last-Event-ID`.
 */
export class EventStream<Events extends object> {
  /** its client holds one connection; see `EventSink` */
  readonly polls = false;

  /**
   * @param sendQueue bounds what waits for the client, or is sent to it in one turn; beyond it, the stream ends with
   * `refused` and `SLOW_READER`
   * @param closed called once when the client is gone or too slow, or the stream was closed
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly sendQueue: SendQueueOptions,
    closed: () => void,
  ) {
    response.writeHead(200, HEADERS);
    // The answer to HEAD is over with the headers.
    if (response.req.method === 'HEAD') response.end();
    this.#write(`retry: ${RETRY_MS}\n\n`);
    const heartbeat = setInterval(() => this.#write(':\n\n'), STREAM_HEARTBEAT_MS);
    const finish = () => {
      clearInterval(heartbeat);
      closed();
    };
    // The client may have disconnected while its request was being checked; then `close` has already been emitted.
    if (response.destroyed) queueMicrotask(finish);
    else response.once('close', finish);
  }

  /**
   * Sends an event.
   * @param event name, without line breaks
   * @param data see `Events`: data by name of the event
   * @param id without line breaks
   */
  send<E extends keyof Events & string>(event: E, data: Events[E], id?: string | number): void {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`${idLine}${eventText(event, data)}`);
  }

  /** Sends a last event and closes the stream. A browser still reconnects unless the page closes its source on this event. */
  end<E extends keyof Events & string>(event: E, data: Events[E]): void {
    this.send(event, data);
    this.close();
  }

  /** Closes the stream; a browser reconnects, perhaps to another node. */
  close(): void {
    this.response.end();
  }

  /** Closes a stream that could not start; a browser retries later. */
  fail(): void {
    this.close();
  }

  #write(text: string): void {
    const { response } = this;
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength <= this.sendQueue.maxWaitingBytes) response.write(text);
    else this.#endSlowReader();
  }

  #endSlowReader(): void {
    const { response, sendQueue } = this;
    sendQueue.onSlowReader?.('events');
    response.end(eventText('refused', endOfConnection('SLOW_READER')));
    setTimeout(() => response.destroy(), FAREWELL_MS).unref();
  }
}

const eventText = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

import type { ServerResponse } from 'node:http';
import { sendProblem } from '#ops';
import { POLL_ANSWER_MS, ProtocolError, type ServiceState } from '#protocol';
import { formatPlace, type Place } from './place.js';

/**
 * Destination of a stream: a client that holds a connection, as `EventStream`, or one that polls. `Events` has the data of
 * each event by its name.
 */
export interface EventSink<Events extends object> {
  /** whether the client opens another stream for each answer */
  readonly polls: boolean;
  /** @param id from which the client continues after a reconnect */
  send<E extends keyof Events & string>(event: E, data: Events[E], id?: string): void;
  /** Sends the last event. */
  end<E extends keyof Events & string>(event: E, data: Events[E]): void;
  /** Ends the response; the client reconnects. */
  close(): void;
  /** Reports that the stream could not begin; the client tries again later. */
  fail(): void;
}

/** Source of events for one client, from `begin` to `close`. */
export interface Stream {
  /** @throws when it cannot begin; events sent before that remain sent */
  begin(): Promise<void>;
  /** Releases everything after the client has gone. */
  close(): void;
}

/** Time in which further events join the same response. */
const GATHER_MS = 50;

/** Response to one long poll: sent as soon as there are events, or empty after 25 seconds. */
export class LongPollResponse<Events extends object> implements EventSink<Events> {
  readonly polls = true;
  readonly #events: Array<{ event: string; data: unknown; id: string | null }> = [];
  #place: Place;
  #gathering: NodeJS.Timeout | null = null;
  readonly #waiting: NodeJS.Timeout;

  /**
   * @param place of the client; returned unchanged while there is nothing newer
   * @param closed runs once, when the response is sent or the client has gone
   */
  constructor(
    private readonly response: ServerResponse,
    place: Place,
    closed: () => void,
  ) {
    this.#place = place;
    this.#waiting = setTimeout(() => this.close(), POLL_ANSWER_MS);
    const finish = () => {
      clearTimeout(this.#waiting);
      if (this.#gathering !== null) clearTimeout(this.#gathering);
      closed();
    };
    // If the client left while its request was checked, `close` was emitted already.
    if (response.destroyed) queueMicrotask(finish);
    else response.once('close', finish);
    // The answer to HEAD is over with the headers.
    if (response.req.method === 'HEAD') this.close();
  }

  send<E extends keyof Events & string>(event: E, data: Events[E], id?: string): void {
    this.#events.push({ event, data, id: id ?? null });
    const { after, service } = this.#place;
    const isState = event === 'service';
    this.#place = { after: id ?? after, service: isState ? (data as ServiceState).state : service };
    this.#gathering ??= setTimeout(() => this.close(), GATHER_MS);
  }

  end<E extends keyof Events & string>(event: E, data: Events[E]): void {
    this.send(event, data);
    this.close();
  }

  close(): void {
    if (this.#isOver) return;
    this.response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    this.response.end(JSON.stringify({ events: this.#events, after: formatPlace(this.#place) }));
  }

  fail(): void {
    if (this.#isOver) return;
    sendProblem(this.response, new ProtocolError('UNAVAILABLE'));
  }

  get #isOver(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }
}

import type { ServerResponse } from 'node:http';
import { sendProblem } from '#ops';
import { POLL_ANSWER_MS, ProtocolError } from '#protocol';

/** Where a stream goes: to a client that holds a connection, as `EventStream`, or that polls. */
export interface EventSink {
  /** @param id from where the client goes on when it comes again */
  send(event: string, data: object, id?: string): void;
  /** the last thing that is said */
  end(event: string, data: object): void;
  /** nothing more now; the client comes again */
  close(): void;
  /** it could not begin; the client tries again after a while */
  fail(): void;
}

/** What is told to a client, for as long as it is there. */
export interface Stream {
  /** @throws when it cannot begin; what it sent before that stands */
  begin(): Promise<void>;
  /** nobody is there any more */
  close(): void;
}

/** What comes together is answered together. */
const GATHER_MS = 50;

/** The answer to one long poll: what there is, as soon as there is something, or nothing after 25 seconds. */
export class LongPollResponse implements EventSink {
  readonly #events: Array<{ event: string; data: object; id: string | null }> = [];
  #after: string | null;
  #gathering: NodeJS.Timeout | null = null;
  readonly #waiting: NodeJS.Timeout;

  /**
   * @param after from where the client came; it is told it again while there is nothing newer
   * @param closed it is answered, or the client is gone; once
   */
  constructor(
    private readonly response: ServerResponse,
    after: string | null,
    closed: () => void,
  ) {
    this.#after = after;
    this.#waiting = setTimeout(() => this.close(), POLL_ANSWER_MS);
    const finish = () => {
      clearTimeout(this.#waiting);
      if (this.#gathering !== null) clearTimeout(this.#gathering);
      closed();
    };
    // A client that went while its request was looked at has been closed already.
    if (response.destroyed) queueMicrotask(finish);
    else response.once('close', finish);
  }

  send(event: string, data: object, id?: string): void {
    this.#events.push({ event, data, id: id ?? null });
    this.#after = id ?? this.#after;
    this.#gathering ??= setTimeout(() => this.close(), GATHER_MS);
  }

  end(event: string, data: object): void {
    this.send(event, data);
    this.close();
  }

  close(): void {
    if (this.#isOver) return;
    this.response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    this.response.end(JSON.stringify({ events: this.#events, after: this.#after }));
  }

  fail(): void {
    if (this.#isOver) return;
    sendProblem(this.response, new ProtocolError('UNAVAILABLE'));
  }

  get #isOver(): boolean {
    return this.response.writableEnded || this.response.destroyed;
  }
}

import type { Hello } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { type HexfleetError, isFinal } from '../connection/errors.js';
import { Gate } from '../connection/gate.js';
import { resubscribe } from '../connection/while-connected.js';
import type { Abortable } from '../util/event-promise.js';

/** Requests and handlers that differ between kinds of watches. */
type WatchHandlers<Query, Answer, Push> = {
  /** @param isKnown whether the service has accepted the previous query on this connection */
  request(query: Query, isKnown: boolean, options: Abortable): Promise<Answer>;
  /** Applies a snapshot. @returns a filter for the pushes that arrived before it */
  applySnapshot(answer: Answer, query: Query, isKnown: boolean): (push: Push) => boolean;
  apply(push: Push): void;
  /** called when the watch has ended */
  clear(): void;
  unwatch(query: Query, options: Abortable): Promise<unknown>;
  /** called when the watch cannot continue on a new connection */
  dropped(error: HexfleetError, query: Query): void;
};

const DROP_ALL = () => false;

/**
 * One watch at a time: requested, repeated on every new connection, and retried while the service says so. Pushes go
 * through it, so none is applied before the snapshot that it follows.
 */
export class Watch<Query, Answer, Push> {
  readonly #connection: Connection;
  readonly #handlers: WatchHandlers<Query, Answer, Push>;
  readonly #gate: Gate<Push>;
  #wanted: Query | null = null;
  /** greeting of the connection on which the service and this client agree on the watch */
  #agreedOn: Hello | null = null;
  /** whether the pending answer is known to be out of date */
  #isOutdated = false;
  /** Stops repeating the watch on new connections. */
  readonly dispose: () => void;

  constructor(connection: Connection, handlers: WatchHandlers<Query, Answer, Push>) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#gate = new Gate((push) => this.#wanted !== null && handlers.apply(push));
    this.dispose = connection.onState(() => void this.#resubscribe());
  }

  get isWanted(): boolean {
    return this.#wanted !== null;
  }

  pass(push: Push): void {
    this.#gate.pass(push);
  }

  /** Replaces the previous watch. @throws {HexfleetError} */
  async watch(query: Query, { signal }: Abortable = {}): Promise<Answer> {
    signal?.throwIfAborted();
    this.#wanted = query;
    try {
      return await this.#request(query, signal);
    } catch (error) {
      if (this.#wanted === query) {
        // The service may have accepted it nevertheless.
        if (signal?.aborted || isFinal(error)) this.unwatch().catch(() => {});
        else void this.#resubscribe();
      }
      throw error;
    }
  }

  /** Requests a new snapshot, because only a new answer shows what has changed. */
  refresh(): void {
    this.#isOutdated = true;
    this.#agreedOn = null;
    void this.#resubscribe();
  }

  /** Ends the watch, also at the service. @throws {HexfleetError} */
  async unwatch({ signal }: Abortable = {}): Promise<void> {
    const query = this.#wanted;
    this.end();
    const send = async () => {
      this.#agreedOn = null;
      // A new connection has no watches.
      if (query !== null && this.#connection.hello !== null) await this.#handlers.unwatch(query, { signal });
    };
    await this.#gate.request(send, () => DROP_ALL, signal);
  }

  /** Records that the service has ended the watch. */
  end(): void {
    this.#wanted = null;
    this.#handlers.clear();
  }

  #request(query: Query, signal?: AbortSignal): Promise<Answer> {
    let isKnown = false;
    const send = () => {
      isKnown = this.#agreedOn !== null && this.#agreedOn === this.#connection.hello;
      this.#agreedOn = null;
      this.#isOutdated = false;
      return this.#handlers.request(query, isKnown, { signal });
    };
    const apply = (answer: Answer) => {
      if (this.#wanted === null) return DROP_ALL;
      this.#agreedOn = this.#isOutdated ? null : this.#connection.hello;
      return this.#handlers.applySnapshot(answer, query, isKnown);
    };
    return this.#gate.request(send, apply, signal);
  }

  async #resubscribe(): Promise<void> {
    const { hello } = this.#connection;
    if (hello === null || this.#wanted === null) return;
    // A request that is already pending need not be repeated.
    await this.#gate.idle();
    const query = this.#wanted;
    const isMissing = () => this.#wanted === query && this.#agreedOn !== hello;
    const send = () =>
      this.#request(query).catch((error: unknown) => {
        if (!isFinal(error) || this.#wanted !== query) throw error;
        this.end();
        this.#handlers.dropped(error as HexfleetError, query);
      });
    if (query !== null) await resubscribe(this.#connection, isMissing, send);
  }
}

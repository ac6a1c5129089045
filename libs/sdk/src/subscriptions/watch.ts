import type { Hello } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { type HexfleetError, isFinal } from '../connection/errors.js';
import { Gate } from '../connection/gate.js';
import type { Abortable } from '../util/event-promise.js';
import { resubscribe } from './resubscribe.js';

/** What is particular to one kind of watch. */
type Steps<Question, Answer, Push> = {
  /** @param isKnown whether the service has taken the question before this one, on this connection */
  ask(question: Question, isKnown: boolean, options: Abortable): Promise<Answer>;
  /** Applies a snapshot. @returns which of the pushes that arrived before it are still of interest */
  take(answer: Answer, question: Question, isKnown: boolean): (push: Push) => boolean;
  apply(push: Push): void;
  /** nothing is watched any more */
  forget(): void;
  unwatch(question: Question, options: Abortable): Promise<unknown>;
  /** what was watched before cannot be watched on a new connection */
  dropped(error: HexfleetError, question: Question): void;
};

const NOTHING = () => false;

/**
 * One thing that is watched at a time: asked for, restored on every new connection, and asked for again while the service
 * says so. Pushes go through it, so that none is applied before the snapshot that it belongs after.
 */
export class Watch<Question, Answer, Push> {
  readonly #connection: Connection;
  readonly #steps: Steps<Question, Answer, Push>;
  readonly #gate: Gate<Push>;
  #wanted: Question | null = null;
  /** of the connection on which the service and this client agree on what is watched */
  #on: Hello | null = null;
  /** whether the answer that is waited for is known to be too old */
  #isOutdated = false;
  /** Ends it for good: it is not restored any more. */
  readonly dispose: () => void;

  constructor(connection: Connection, steps: Steps<Question, Answer, Push>) {
    this.#connection = connection;
    this.#steps = steps;
    this.#gate = new Gate((push) => this.#wanted !== null && steps.apply(push));
    this.dispose = connection.onState(() => void this.#restore());
  }

  get isWanted(): boolean {
    return this.#wanted !== null;
  }

  pass(push: Push): void {
    this.#gate.pass(push);
  }

  /** Replaces what was watched before. @throws {HexfleetError} */
  async want(question: Question, { signal }: Abortable = {}): Promise<Answer> {
    signal?.throwIfAborted();
    this.#wanted = question;
    try {
      return await this.#ask(question, signal);
    } catch (error) {
      if (this.#wanted === question) {
        // The service may have taken it all the same.
        if (signal?.aborted || isFinal(error)) this.drop().catch(() => {});
        else void this.#restore();
      }
      throw error;
    }
  }

  /** Asks again for what is watched: something has changed that only a new answer tells. */
  refresh(): void {
    this.#isOutdated = true;
    this.#on = null;
    void this.#restore();
  }

  /** Watches nothing any more. @throws {HexfleetError} */
  async drop({ signal }: Abortable = {}): Promise<void> {
    const question = this.#wanted;
    this.end();
    const unwatch = async () => {
      this.#on = null;
      // A new connection watches nothing.
      if (question !== null && this.#connection.hello !== null)
        await this.#steps.unwatch(question, { signal });
    };
    await this.#gate.ask(unwatch, () => NOTHING, signal);
  }

  /** The service watches it no longer. */
  end(): void {
    this.#wanted = null;
    this.#steps.forget();
  }

  #ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    let isKnown = false;
    const ask = () => {
      isKnown = this.#on !== null && this.#on === this.#connection.hello;
      this.#on = null;
      this.#isOutdated = false;
      return this.#steps.ask(question, isKnown, { signal });
    };
    const take = (answer: Answer) => {
      if (this.#wanted === null) return NOTHING;
      this.#on = this.#isOutdated ? null : this.#connection.hello;
      return this.#steps.take(answer, question, isKnown);
    };
    return this.#gate.ask(ask, take, signal);
  }

  async #restore(): Promise<void> {
    const { hello } = this.#connection;
    if (hello === null || this.#wanted === null) return;
    // What is asked for already needs no restoring.
    await this.#gate.idle();
    const question = this.#wanted;
    const isMissing = () => this.#wanted === question && this.#on !== hello;
    const ask = () =>
      this.#ask(question).catch((error: unknown) => {
        if (!isFinal(error) || this.#wanted !== question) throw error;
        this.end();
        this.#steps.dropped(error as HexfleetError, question);
      });
    if (question !== null) await resubscribe(this.#connection, isMissing, ask);
  }
}

import { type Acked, type Answer, type AnswerTo, type Failure, ProtocolError } from '#protocol';
import type { AckDelay } from './ack-delay.js';

type FixesAnswer = Answer<AnswerTo<'/driver', 'fixes'>>;

/** Batches after which a client is notified at once. */
const MAX_UNREPORTED = 8;

/** Batches of one socket that may wait for the store, or for one before that does. */
const MAX_PENDING = 64;

/** Messages to the client. */
type Reports = {
  acked(ack: Acked): void;
  /** counting has ended; nothing that was sent after batch `number - 1` is acked */
  refused(failure: Failure & { number: number }): void;
};

/**
 * Counts the batches of one socket that are stored, for a client that gets one ack for several of them. A batch has a number,
 * one more than the one before, and names the first batch of its run.
 *
 * An ack means that every batch of the run up to its number is stored, so it must never cover a hole. A batch therefore counts
 * only after all before it; the first one that is refused, or that did not arrive, ends the run, even though later ones may
 * have been stored. Nothing of the run is taken or acked from then on: the client sends everything after the last ack again,
 * as a new run. It never uses a number twice, so an ack that arrives late cannot be mistaken for one of another run.
 */
export class CountedAcks {
  /** first number of the current run; 0 before the first run */
  #first = 0;
  /** number of the next batch to take */
  #next = 0;
  /** all batches of the run up to this number are stored */
  #counted = 0;
  /** number in the last ack */
  #reported = 0;
  /** whether a batch of the run is known to be refused, so that no more are taken */
  #isClosed = true;
  /** whether the run has ended, and the client knows */
  #isOver = true;
  /** answers to batches whose predecessors have none yet */
  readonly #early = new Map<number, FixesAnswer>();
  /** batches of any run that wait for the store */
  #storing = 0;
  readonly #settled: Array<{ upTo: number; resolve: () => void }> = [];

  constructor(
    private readonly reports: Reports,
    private readonly delay: AckDelay,
  ) {}

  /** Takes a batch if it is the next one of its run; otherwise it is not stored. @param store must not reject */
  take(number: number, first: number, store: () => Promise<FixesAnswer>): void {
    if (first > this.#first && number >= first) this.#begin(first);
    if (first !== this.#first || this.#isClosed || number < this.#next) return;
    const refusal = this.#refusalOf(number);
    if (refusal !== null) {
      this.#answered(first, this.#next, { ok: false, ...refusal.failure });
      return;
    }
    this.#next += 1;
    this.#storing += 1;
    void store().then((answer) => {
      this.#storing -= 1;
      this.#answered(first, number, answer);
    });
  }

  /** Resolves with the number up to which the run is stored, once the batches that were taken before have an answer. */
  async count(): Promise<number> {
    const upTo = this.#next - 1;
    if (!this.#isOver && this.#counted < upTo)
      await new Promise<void>((resolve) => this.#settled.push({ upTo, resolve }));
    this.#reported = this.#counted;
    this.delay.end(this);
    return this.#counted;
  }

  /** Sends the ack that is due. */
  report(more: Partial<Acked> = {}): void {
    this.#reported = this.#counted;
    this.delay.end(this);
    this.reports.acked({ number: this.#counted, ...more });
  }

  /** Ends the count with the connection. */
  close(): void {
    this.#end();
  }

  #refusalOf(number: number): ProtocolError | null {
    // A limit has refused the one before it, which therefore did not arrive here.
    if (number > this.#next) return new ProtocolError('UNAVAILABLE', 'the batch before was refused');
    // Those of earlier runs wait, too: a client could begin a run with each batch.
    const isFull = number - this.#counted > MAX_PENDING || this.#storing >= MAX_PENDING;
    return isFull ? new ProtocolError('RATE_LIMITED') : null;
  }

  #begin(first: number): void {
    this.#end();
    this.#first = first;
    this.#next = first;
    this.#counted = first - 1;
    this.#reported = first - 1;
    this.#isClosed = false;
    this.#isOver = false;
  }

  #answered(first: number, number: number, answer: FixesAnswer): void {
    if (first !== this.#first || this.#isOver) return;
    if (!answer.ok) this.#isClosed = true;
    if (number > this.#counted + 1) {
      this.#early.set(number, answer);
      return;
    }
    this.#count(answer);
    while (this.#early.size > 0 && !this.#isOver) {
      const next = this.#early.get(this.#counted + 1);
      if (next === undefined) break;
      this.#early.delete(this.#counted + 1);
      this.#count(next);
    }
  }

  #count(answer: FixesAnswer): void {
    if (!answer.ok) {
      if (this.#counted > this.#reported) this.report();
      const { code, message, retry } = answer;
      this.reports.refused({ code, message, retry, number: this.#counted + 1 });
      this.#end();
      return;
    }
    this.#counted += 1;
    if (answer.rejected.length > 0) this.report({ rejected: answer.rejected });
    else if (this.#counted - this.#reported >= MAX_UNREPORTED) this.report();
    else if (this.#counted - this.#reported === 1) this.delay.begin(this);
    this.#resolve((upTo) => upTo <= this.#counted);
  }

  #end(): void {
    this.#isClosed = true;
    this.#isOver = true;
    this.#early.clear();
    this.delay.end(this);
    this.#resolve(() => true);
  }

  #resolve(isSettled: (upTo: number) => boolean): void {
    while (this.#settled.length > 0 && isSettled(this.#settled[0]!.upTo)) this.#settled.shift()!.resolve();
  }
}

/** Whether two arguments of a batch number it. */
export const isNumbered = (number: unknown, first: unknown): boolean =>
  Number.isSafeInteger(number) && Number.isSafeInteger(first) && (first as number) > 0;

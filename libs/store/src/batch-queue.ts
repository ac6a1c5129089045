import type { DriverEvent } from './fix-stream.js';

/**
 * Stores a batch of events, and returns a function that publishes it, after it has stored what takes longer. The handler is
 * called when the one before it has returned; the batch is finished when it was published. Publishing must keep the order
 * of each driver's events.
 * @param redelivered whether this processor, or one that died, may have handled the events before
 */
export type BatchHandler = (events: DriverEvent[], redelivered: boolean) => Promise<() => Promise<void>>;

/** Events of consecutive entries of the stream. */
export type Batch = {
  /** the last of the entries */
  lastId: string;
  entries: number;
  events: DriverEvent[];
  /** whether they may have been handled before */
  redelivered: boolean;
};

/** Events that are stored together at most: deciding on them blocks the event loop. */
const MAX_BATCH_EVENTS = 2_000;
/** Entries that wait to be stored, above which no more are read. */
const MAX_WAITING = 2_000;
/** Entries that are not finished yet, above which no more are read. */
const MAX_UNFINISHED = 20_000;
/** Events of those entries, above which no more are read: an entry may contain hundreds. */
const MAX_UNFINISHED_EVENTS = 50_000;

/**
 * Entries that were read and are not finished yet. While one batch is stored, the next one gathers and the one before is
 * published, so that a distant Redis delays each fix once and not once per step.
 */
export class BatchQueue {
  #waiting: Batch[] = [];
  #waitingEntries = 0;
  #unfinished = 0;
  #unfinishedEvents = 0;
  #storing: Promise<void> | null = null;
  /** batches that are being stored or published, in the order of the stream */
  #begun: Array<{ batch: Batch; isFinished: boolean }> = [];
  readonly #finishing = new Set<Promise<void>>();
  #failure: Error | null = null;

  /**
   * @param finished called with an entry when it and all before it are finished. A batch may be published before an earlier
   * one; the position then waits for that one, and never passes a batch that failed.
   */
  constructor(
    private readonly handle: BatchHandler,
    private readonly finished: (entryId: string) => void,
  ) {}

  /** Whether more entries may be read. @throws {Error} that made a batch fail; nothing is handled until {@link settle} */
  get hasRoom(): boolean {
    if (this.#failure !== null) throw this.#failure;
    return (
      this.#waitingEntries < MAX_WAITING &&
      this.#unfinished < MAX_UNFINISHED &&
      this.#unfinishedEvents < MAX_UNFINISHED_EVENTS
    );
  }

  push(batch: Batch): void {
    if (batch.entries === 0) return;
    this.#waiting.push(batch);
    this.#waitingEntries += batch.entries;
    this.#unfinished += batch.entries;
    this.#unfinishedEvents += batch.events.length;
    if (this.#failure === null) this.#storing ??= this.#storeAll();
  }

  /** Waits until nothing is in progress, and forgets a failure and everything after it. */
  async settle(): Promise<void> {
    await this.#storing;
    await Promise.all(this.#finishing);
    this.#failure = null;
    this.#waiting = [];
    this.#waitingEntries = 0;
    this.#unfinished = 0;
    this.#unfinishedEvents = 0;
    this.#begun = [];
  }

  async #storeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && this.#failure === null) {
        const batch = this.#nextBatch();
        const begun = { batch, isFinished: false };
        this.#begun.push(begun);
        const publish = await this.handle(batch.events, batch.redelivered);
        const finishing = this.#finish(begun, publish);
        this.#finishing.add(finishing);
        void finishing.then(() => this.#finishing.delete(finishing));
      }
    } catch (error) {
      this.#failure ??= error as Error;
    } finally {
      this.#storing = null;
    }
  }

  /** Joins the batches that wait, except new events with some that may have been handled before. */
  #nextBatch(): Batch {
    const batch = this.#waiting.shift()!;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.redelivered !== batch.redelivered) break;
      if (batch.events.length + next.events.length > MAX_BATCH_EVENTS) break;
      this.#waiting.shift();
      for (const event of next.events) batch.events.push(event);
      batch.entries += next.entries;
      batch.lastId = next.lastId;
    }
    this.#waitingEntries -= batch.entries;
    return batch;
  }

  /** Publishes a batch. Never rejects: a failure is reported to the reader. */
  async #finish(begun: { batch: Batch; isFinished: boolean }, publish: () => Promise<void>): Promise<void> {
    try {
      await publish();
      begun.isFinished = true;
    } catch (error) {
      this.#failure ??= error as Error;
    }
    let last: string | null = null;
    while (this.#begun[0]?.isFinished) {
      const { batch } = this.#begun.shift()!;
      this.#unfinished -= batch.entries;
      this.#unfinishedEvents -= batch.events.length;
      last = batch.lastId;
    }
    if (last !== null) this.finished(last);
  }
}

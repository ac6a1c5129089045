import type { DriverEvent } from './fix-stream.js';

/**
 * Stores a batch of events, and returns a function that publishes it, after it has stored what takes longer. The handler is
 * called when the one before it has returned; the batch is acknowledged when it was published. Publishing must keep the order
 * of each driver's events.
 * @param redelivered whether this processor, or one that died, may have handled the events before
 */
export type BatchHandler = (events: DriverEvent[], redelivered: boolean) => Promise<() => Promise<void>>;

export type Entry = [id: string, fields: string[]];
type Batch = { entries: Entry[]; events: DriverEvent[] };

/** Events that are stored together at most: deciding on them blocks the event loop. */
const MAX_BATCH_EVENTS = 2_000;
/** Entries that wait to be stored, above which no more are read. */
const MAX_WAITING = 2_000;
/** Entries that are not acknowledged yet, above which no more are read. */
const MAX_UNFINISHED = 20_000;

/**
 * Entries that were read and are not acknowledged yet. While one batch is stored, the next one gathers and the one before is
 * published, so that a distant Redis delays each fix once and not once per step.
 */
export class BatchQueue {
  #waiting: Batch[] = [];
  #waitingEntries = 0;
  #unfinished = 0;
  #storing: Promise<void> | null = null;
  readonly #finishing = new Set<Promise<void>>();
  #failure: Error | null = null;

  constructor(
    private readonly handle: BatchHandler,
    private readonly acknowledge: (ids: string[]) => Promise<unknown>,
  ) {}

  /** Whether more entries may be read. @throws {Error} that made a batch fail; nothing is handled until {@link settle} */
  get hasRoom(): boolean {
    if (this.#failure !== null) throw this.#failure;
    return this.#waitingEntries < MAX_WAITING && this.#unfinished < MAX_UNFINISHED;
  }

  push(entries: Entry[], events: DriverEvent[]): void {
    if (entries.length === 0) return;
    this.#waiting.push({ entries, events });
    this.#waitingEntries += entries.length;
    this.#unfinished += entries.length;
    if (this.#failure === null) this.#storing ??= this.#storeAll();
  }

  /** Waits until nothing is in progress, and forgets a failure. Entries of a failed batch stay unacknowledged. */
  async settle(): Promise<void> {
    await this.#storing;
    await Promise.all(this.#finishing);
    this.#failure = null;
    this.#waiting = [];
    this.#waitingEntries = 0;
    this.#unfinished = 0;
  }

  async #storeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && this.#failure === null) {
        const { entries, events } = this.#nextBatch();
        const publish = await this.handle(events, false);
        const finishing = this.#finish(entries, publish);
        this.#finishing.add(finishing);
        void finishing.then(() => this.#finishing.delete(finishing));
      }
    } catch (error) {
      this.#failure ??= error as Error;
    } finally {
      this.#storing = null;
    }
  }

  #nextBatch(): Batch {
    const batch = this.#waiting.shift()!;
    while (
      this.#waiting.length > 0 &&
      batch.events.length + this.#waiting[0]!.events.length <= MAX_BATCH_EVENTS
    ) {
      const { entries, events } = this.#waiting.shift()!;
      for (const entry of entries) batch.entries.push(entry);
      for (const event of events) batch.events.push(event);
    }
    this.#waitingEntries -= batch.entries.length;
    return batch;
  }

  /** Publishes and then acknowledges a batch. Never rejects: a failure is reported to the reader. */
  async #finish(entries: Entry[], publish: () => Promise<void>): Promise<void> {
    try {
      await publish();
      await this.acknowledge(entries.map(([id]) => id));
      this.#unfinished -= entries.length;
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}

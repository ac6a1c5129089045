import type { OutboxEntry } from './outbox-store.js';

/** A batch that was sent, and its number. */
export type NumberedBatch = { number: number; entries: OutboxEntry[] };

/**
 * Batches of one connection that were sent without an acknowledgement function, as long as no ack covers them. The service
 * acks a run up to a number, and ends it at the first batch that it refuses.
 */
export class CountedRun {
  #waiting: NumberedBatch[] = [];

  /** @param first number of the first batch */
  constructor(readonly first: number) {}

  /** Number of batches that wait for an ack. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Number of the last batch, or the one before the first. */
  get last(): number {
    return this.#waiting.at(-1)?.number ?? this.first - 1;
  }

  /** Number of the oldest batch that waits, if any. */
  get oldest(): number | undefined {
    return this.#waiting[0]?.number;
  }

  sent(batch: NumberedBatch): void {
    this.#waiting.push(batch);
  }

  /** Removes and returns the batches up to a number; none if that is of an earlier run. */
  acked(upTo: number): NumberedBatch[] {
    const end = this.#waiting.findIndex(({ number }) => number > upTo);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  /** Fixes that wait for an ack, in the order in which they were sent. */
  get entries(): OutboxEntry[] {
    return this.#waiting.flatMap(({ entries }) => entries);
  }
}

import { FASTEST } from '#protocol';

/** Number of recent waits that determine the delay. */
const REMEMBERED = 10;
/**
 * A longer wait is a gap, and is ignored. Cars nearby come every five seconds, with a time that is up to ten seconds old.
 */
const MAX_WAIT_MS = 18_000;
const MARGIN_MS = 100;

/**
 * Computes the delay with which a marker rarely runs out of positions: the age of the newest known position when the next
 * one arrives. This covers the interval, the latency, and the difference of the clocks. The longest of the recent waits is
 * ignored, because one lost position does not change the interval.
 */
export class JitterBuffer {
  readonly #waits: number[] = [];
  #delayMs = FASTEST.intervalMs + MARGIN_MS;

  get delayMs(): number {
    return this.#delayMs;
  }

  /** @param ageMs age of the first position when it arrived */
  begin(ageMs: number): void {
    this.#delayMs = Math.min(MAX_WAIT_MS, ageMs + FASTEST.intervalMs + MARGIN_MS);
  }

  /** @param ageMs age of the previous position when a newer one arrived */
  add(ageMs: number): void {
    if (ageMs > MAX_WAIT_MS) return;
    this.#waits.push(ageMs);
    if (this.#waits.length > REMEMBERED) this.#waits.shift();
    const sorted = this.#waits.toSorted((a, b) => b - a);
    this.#delayMs = sorted[sorted.length < 3 ? 0 : 1]! + MARGIN_MS;
  }
}

import { FASTEST } from '#protocol';

/** So many of the last positions tell the rhythm. */
const REMEMBERED = 10;
/** A pause longer than the slowest pace of the service is no rhythm. */
const MAX_WAIT_MS = 12_000;
const MARGIN_MS = 100;

/**
 * How far behind a marker must be so that it seldom runs out of positions: as old as the newest known position was when
 * the next one came. That holds the interval, the time on the way, and what the clocks are apart. The largest of the
 * last waits is left out, because one lost position is no rhythm.
 */
export class JitterBuffer {
  readonly #waits: number[] = [];
  #delayMs = FASTEST.intervalMs + MARGIN_MS;

  get delayMs(): number {
    return this.#delayMs;
  }

  /** @param ageMs of the first position, when it came */
  begin(ageMs: number): void {
    this.#delayMs = Math.min(MAX_WAIT_MS, ageMs + FASTEST.intervalMs + MARGIN_MS);
  }

  /** @param ageMs of the position before, when a newer one came */
  note(ageMs: number): void {
    if (ageMs > MAX_WAIT_MS) return;
    this.#waits.push(ageMs);
    if (this.#waits.length > REMEMBERED) this.#waits.shift();
    const sorted = this.#waits.toSorted((a, b) => b - a);
    this.#delayMs = sorted[sorted.length < 3 ? 0 : 1]! + MARGIN_MS;
  }
}

/** An allowance that fills again with time: so much at once, and so much a second for long. */
export class Bucket {
  #left: number;
  #filledAt: number;

  /** @param now epoch ms */
  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    now: number,
  ) {
    this.#left = burst;
    this.#filledAt = now;
  }

  /** @returns false when nothing is left */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  isFull(now: number): boolean {
    this.#fill(now);
    return this.#left === this.burst;
  }

  #fill(now: number): void {
    // A clock that is set back takes nothing away.
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#left = Math.min(this.burst, this.#left + (passedMs * this.perSecond) / 1_000);
    this.#filledAt = now;
  }
}

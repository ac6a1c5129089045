/** Token bucket: `burst` tokens, refilled at `perSecond`. */
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

  /** Takes the cost, or nothing. @returns false when less than that is left */
  take(now: number, cost = 1): boolean {
    this.#fill(now);
    if (this.#left < cost) return false;
    this.#left -= cost;
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

/** Token bucket: `burst` tokens, refilled at `perSecond`. */
export class Bucket {
  #tokens: number;
  #refilledAt: number;

  /** @param now epoch ms */
  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    now: number,
  ) {
    this.#tokens = burst;
    this.#refilledAt = now;
  }

  /** Takes tokens. @returns false, and takes none, when fewer than the cost are left */
  take(now: number, cost = 1): boolean {
    this.#refill(now);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Whether no token is missing. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens === this.burst;
  }

  #refill(now: number): void {
    // A clock that is set back removes no tokens.
    const elapsedMs = Math.max(0, now - this.#refilledAt);
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsedMs * this.perSecond) / 1_000);
    this.#refilledAt = now;
  }
}

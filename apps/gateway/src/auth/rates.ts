import { RateLimited, type RateLimitState } from '#ops';
import { RateLimiter } from '#realtime';

const FORGET_INTERVAL_MS = 10_000;

/** Token bucket per key, at this gateway. Full buckets are dropped, so idle keys cost no memory. */
export class Rates {
  readonly #buckets = new Map<string, RateLimiter>();

  /** @param burst tokens of a full bucket @param perSecond refill */
  constructor(
    readonly burst: number,
    readonly perSecond: number,
  ) {
    setInterval(() => this.#forgetFull(Date.now()), FORGET_INTERVAL_MS).unref();
  }

  /**
   * Takes one token.
   * @returns the state of the bucket afterwards
   * @throws {RateLimited} when it is empty
   */
  take(key: string, now: number): RateLimitState {
    const bucket = this.#buckets.get(key) ?? new RateLimiter(this, now);
    this.#buckets.set(key, bucket);
    const isAllowed = bucket.take(now);
    const remaining = bucket.tokens(now);
    const state = { limit: this.burst, remaining, resetS: (this.burst - remaining) / this.perSecond };
    if (!isAllowed) throw new RateLimited(state);
    return state;
  }

  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
  }
}

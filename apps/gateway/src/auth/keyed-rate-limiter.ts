import { RateLimiter } from '#realtime';

const FORGET_INTERVAL_MS = 10_000;

/** Token bucket per key, at this gateway. Full buckets are dropped, so idle keys cost no memory. */
export class KeyedRateLimiter {
  readonly #buckets = new Map<string, RateLimiter>();

  /** @param burst tokens of a full bucket @param perSecond refill */
  constructor(
    readonly burst: number,
    readonly perSecond: number,
  ) {
    setInterval(() => this.#forgetFull(Date.now()), FORGET_INTERVAL_MS).unref();
  }

  /** @returns false when the bucket of the key has fewer tokens than the cost */
  take(key: string, now: number, cost = 1): boolean {
    const bucket = this.#buckets.get(key) ?? new RateLimiter(this, now);
    this.#buckets.set(key, bucket);
    return bucket.take(now, cost);
  }

  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
  }
}

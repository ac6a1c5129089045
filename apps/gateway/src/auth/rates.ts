import { RateLimiter } from '#realtime';

const FORGET_INTERVAL_MS = 10_000;

/** How often each of many may ask at this gateway. Who has not asked for a while costs no memory. */
export class Rates {
  readonly #buckets = new Map<string, RateLimiter>();

  /** @param burst so many at once @param perSecond so many a second for long */
  constructor(
    readonly burst: number,
    readonly perSecond: number,
  ) {
    setInterval(() => this.#forgetFull(Date.now()), FORGET_INTERVAL_MS).unref();
  }

  /** @returns false when this one has asked too often */
  take(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? new RateLimiter(this, now);
    this.#buckets.set(key, bucket);
    return bucket.take(now);
  }

  #forgetFull(now: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
  }
}

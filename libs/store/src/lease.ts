import type { RedisClient } from './redis.js';
import { deleteIfValue, takeLease } from './scripts/common.js';

/**
 * Longer than a renewal interval, a blocking read and the handling of a batch together. A processor that takes over from
 * one that died waits for this time.
 */
const TTL_MS = 3_000;
const RENEW_MS = 500;

/**
 * Lease on one partition. With one reader at a time, a driver's pushes are sent in order and writes rarely conflict. The
 * index does not depend on it: a holder that stalls may resume after another has taken the lease.
 */
export class Lease {
  /** by performance.now() */
  #renewedAt: number | null = null;
  #renewing: Promise<void> | null = null;

  constructor(
    private readonly redis: RedisClient,
    private readonly key: string,
    private readonly holder: string,
  ) {}

  /** Takes or renews the lease. @returns `taken` if this process did not hold it before */
  async hold(): Promise<'held' | 'taken' | 'not held'> {
    const now = performance.now();
    if (this.#renewedAt !== null && now - this.#renewedAt < TTL_MS) {
      if (now - this.#renewedAt >= RENEW_MS) this.#renewing ??= this.#renew();
      return 'held';
    }
    await this.#renewing;
    await this.#take();
    return this.#renewedAt === null ? 'not held' : 'taken';
  }

  async #take(): Promise<void> {
    const now = performance.now();
    const has = await takeLease(this.redis, { key: this.key, holder: this.holder, ttlMs: TTL_MS });
    this.#renewedAt = has ? now : null;
  }

  /** Renews the lease while the holder goes on: a round trip may take long. A renewal that fails is repeated. */
  async #renew(): Promise<void> {
    await this.#take().catch(() => {});
    this.#renewing = null;
  }

  /** Releases the lease if this process holds it. */
  async release(): Promise<void> {
    await this.#renewing;
    if (this.#renewedAt === null) return;
    this.#renewedAt = null;
    await deleteIfValue(this.redis, { key: this.key, value: this.holder });
  }
}

import { randomUUID } from 'node:crypto';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { deleteIfValue, takeLease } from './scripts/common.js';

const TTL_MS = 3_000;

/** Lease of the one process that reports figures of the whole installation. */
export class ReporterLease {
  readonly #holder = randomUUID();

  constructor(private readonly redis: RedisClient) {}

  /** Takes or renews the lease; called once a second. @returns whether this process holds it */
  keep(): Promise<boolean> {
    return takeLease(this.redis, { key: keys.reporter, holder: this.#holder, ttlMs: TTL_MS });
  }

  async release(): Promise<void> {
    await deleteIfValue(this.redis, { key: keys.reporter, value: this.#holder });
  }
}

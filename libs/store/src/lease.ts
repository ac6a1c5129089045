import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

/**
 * Longer than the time to the next renewal, a wait for entries and the handling of a batch together; who takes over
 * from a processor that died waits for this.
 */
const TTL_MS = 3_000;
const RENEW_MS = 500;

/**
 * The right to read one partition, so that one processor at a time does and a driver's pushes leave in order. It spares
 * conflicts and is not what keeps the index right: a holder that stalls may find that another has gone on.
 */
export class Lease {
  readonly #scripts: ReturnType<typeof withScripts>;
  #renewedAt: number | null = null;

  constructor(
    redis: RedisClient,
    private readonly key: string,
    private readonly holder: string,
  ) {
    this.#scripts = withScripts(redis);
  }

  /** @returns whether it is held now, and whether that is new */
  async hold(): Promise<'held' | 'taken' | 'not held'> {
    const now = Date.now();
    if (this.#renewedAt !== null && now - this.#renewedAt < RENEW_MS) return 'held';
    const had = this.#renewedAt !== null && now - this.#renewedAt < TTL_MS;
    const has = (await this.#scripts.lease(this.key, this.holder, TTL_MS)) === 1;
    this.#renewedAt = has ? now : null;
    if (!has) return 'not held';
    return had ? 'held' : 'taken';
  }

  async release(): Promise<void> {
    if (this.#renewedAt === null) return;
    this.#renewedAt = null;
    await this.#scripts.release(this.key, this.holder);
  }
}

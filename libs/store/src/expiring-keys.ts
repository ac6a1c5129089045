import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DAY_MS, ProtocolError } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { deleteIfValue, takeLease } from './scripts/common.js';
import { orUnavailable } from './store-failure.js';

/** Time after which work counts as lost with its process, and another caller may do it. */
const CLAIM_MS = 10_000;
/** Interval at which other callers look for the result. */
const WAIT_MS = 20;

/** Values and counters that all nodes share for a limited time. */
export class ExpiringKeys {
  constructor(private readonly redis: RedisClient) {}

  /** Stores a text for `forMs`. */
  async set(name: string, text: string, forMs: number): Promise<void> {
    await this.redis.set(keys.expiring(name), text, 'PX', forMs);
  }

  async delete(name: string): Promise<void> {
    await this.redis.del(keys.expiring(name));
  }

  /** @returns the stored text, null if there is none */
  get(name: string): Promise<string | null> {
    return this.redis.get(keys.expiring(name));
  }

  /**
   * Does work once per name and time span; a caller that comes while it is being done waits for its result. The result is
   * recorded last: if the process dies in between, or the work takes longer than {@link CLAIM_MS}, the work is done again,
   * because delivering an alert twice beats losing it.
   * @returns the result of the work, or the recorded one, as JSON keeps it
   * @throws {ProtocolError} UNAVAILABLE, or what `work` throws
   */
  async once<T>(name: string, forMs: number, work: () => Promise<T>): Promise<T> {
    const claim = { key: keys.expiring(`${name}:claim`), holder: randomUUID(), ttlMs: CLAIM_MS };
    for (;;) {
      const recorded = await orUnavailable(this.get(name));
      if (recorded !== null) return JSON.parse(recorded) as T;
      if (await orUnavailable(takeLease(this.redis, claim))) break;
      await setTimeout(WAIT_MS);
    }
    try {
      // The work may have been recorded between the look and the claim.
      const recorded = await orUnavailable(this.get(name));
      if (recorded !== null) return JSON.parse(recorded) as T;
      const result = await work();
      await orUnavailable(this.set(name, JSON.stringify(result ?? null), forMs));
      return result;
    } finally {
      await deleteIfValue(this.redis, { key: claim.key, value: claim.holder }).catch(() => {});
    }
  }

  /**
   * Does the work of a request once per idempotency key and day; without a key, each time.
   * @param name of the user and the kind of request: keys of others do not count
   * @param request content, equal in each repetition
   * @throws {ProtocolError} IDEMPOTENCY_KEY_REUSED for another request under the same key; UNAVAILABLE, or what `work` throws
   */
  async idempotent<T>(
    name: string,
    key: string | undefined,
    request: object,
    work: () => Promise<T>,
  ): Promise<T> {
    if (key === undefined) return work();
    const print = createHash('sha256').update(JSON.stringify(request)).digest('base64url').slice(0, 16);
    const done = await this.once(`${name} ${key}`, DAY_MS, async () => ({ print, result: await work() }));
    if (done.print !== print) throw new ProtocolError('IDEMPOTENCY_KEY_REUSED');
    return done.result;
  }

  /** Increments a counter, which is deleted `forMs` after its first increment. @returns its value and remaining time */
  async count(name: string, forMs: number): Promise<{ count: number; leftMs: number }> {
    const key = keys.expiring(name);
    // Expiry is set with the first increment: otherwise a crash in between would leave a counter that never resets.
    const reply = await this.redis.multi().set(key, 0, 'PX', forMs, 'NX').incr(key).pttl(key).exec();
    const [, [, count], [, leftMs]] = reply as [unknown, [unknown, number], [unknown, number]];
    return { count, leftMs };
  }
}

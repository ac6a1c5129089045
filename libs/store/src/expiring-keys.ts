import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** Values and counters that all nodes share for a limited time. */
export class ExpiringKeys {
  constructor(private readonly redis: RedisClient) {}

  /** Stores a text for `forMs`. */
  async set(name: string, text: string, forMs: number): Promise<void> {
    await this.redis.set(keys.expiring(name), text, 'PX', forMs);
  }

  /** @returns the stored text, null if there is none */
  get(name: string): Promise<string | null> {
    return this.redis.get(keys.expiring(name));
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

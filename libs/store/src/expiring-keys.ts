import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** Small things that all nodes agree on for a while. */
export class ExpiringKeys {
  constructor(private readonly redis: RedisClient) {}

  /** Remembers a text for `forMs`. */
  async set(name: string, text: string, forMs: number): Promise<void> {
    await this.redis.set(keys.expiring(name), text, 'PX', forMs);
  }

  /** @returns the text that was noted, null for none */
  get(name: string): Promise<string | null> {
    return this.redis.get(keys.expiring(name));
  }

  /** Counts one more, within `forMs` after the first. @returns how many it is, and for how long it still counts */
  async count(name: string, forMs: number): Promise<{ count: number; leftMs: number }> {
    const key = keys.expiring(name);
    // The end with the first one: a count that is never forgotten would never be one again.
    const reply = await this.redis.multi().set(key, 0, 'PX', forMs, 'NX').incr(key).pttl(key).exec();
    const [, [, count], [, leftMs]] = reply as [unknown, [unknown, number], [unknown, number]];
    return { count, leftMs };
  }
}

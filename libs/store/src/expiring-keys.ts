import { keys } from './keys.js';
import { orUnavailable, type RedisClient } from './redis.js';

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
   * Does work once per name and time span. The result is recorded last: if the process dies in between, the work runs
   * again, because delivering an alert twice beats losing it.
   * @returns the result of the work, or the recorded one, as JSON keeps it
   * @throws {ProtocolError} UNAVAILABLE, or what `work` throws
   */
  async once<T>(name: string, forMs: number, work: () => Promise<T>): Promise<T> {
    const recorded = await orUnavailable(this.get(name));
    if (recorded !== null) return JSON.parse(recorded) as T;
    const result = await work();
    await orUnavailable(this.set(name, JSON.stringify(result ?? null), forMs));
    return result;
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

import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

const MAX_ENTRIES = 10_000;
const READ_AT_ONCE = 1_000;

/** Drivers added since the last read. `complete` is false if entries in between may have been trimmed. */
export type Followed = { driverIds: string[]; complete: boolean };

/**
 * Log of drivers that clients began to follow, on all nodes, oldest first. With it, processors need not ask Redis at every
 * fix whether the driver is followed.
 */
export class FollowLog {
  #readTo: string | null = null;

  constructor(private readonly redis: RedisClient) {}

  /** Adds a driver. Call it when the follower's subscription is active, and read the snapshot afterwards. */
  async add(driverId: string): Promise<void> {
    await this.redis.xadd(keys.followed, 'MAXLEN', '~', MAX_ENTRIES, '*', 'd', driverId);
  }

  /** Reads all drivers that were added since the previous call. */
  async read(): Promise<Followed> {
    const entries = await this.redis.xrange(keys.followed, this.#readTo ?? '-', '+', 'COUNT', READ_AT_ONCE);
    const [first] = entries;
    const last = entries.at(-1);
    // The range begins with the last entry that was read. If that entry is gone, others may be missing too.
    const complete = this.#readTo === null ? last === undefined : first?.[0] === this.#readTo;
    this.#readTo = last?.[0] ?? null;
    const driverIds = entries.map(([, [, driverId]]) => driverId!);
    if (entries.length < READ_AT_ONCE) return { driverIds, complete };
    const rest = await this.read();
    return { driverIds: [...driverIds, ...rest.driverIds], complete: complete && rest.complete };
  }
}

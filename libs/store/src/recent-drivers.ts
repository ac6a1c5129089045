import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** Time after a trip for which its rider does not see the car of its driver. */
const RECENT_MS = 30 * 60_000;
/** Maximum number of drivers that are kept for a rider. */
const MAX_DRIVERS = 20;

/** The drivers whom riders had lately, on all gateways and across restarts. */
export class RecentDrivers {
  constructor(private readonly redis: RedisClient) {}

  /** Records the end of a trip. Repeating it changes nothing. @param at epoch ms */
  async add(riderId: string, driverId: string, at: number): Promise<void> {
    const key = keys.recentDrivers(riderId);
    await this.redis
      .multi()
      .zadd(key, 'GT', at, driverId)
      .zremrangebyrank(key, 0, -MAX_DRIVERS - 1)
      .pexpire(key, RECENT_MS)
      .exec();
  }

  /** @param now epoch ms */
  async of(riderId: string, now: number): Promise<ReadonlySet<string>> {
    return new Set(await this.redis.zrangebyscore(keys.recentDrivers(riderId), now - RECENT_MS, '+inf'));
  }
}

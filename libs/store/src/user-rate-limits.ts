import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Role } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

const WINDOW_S = 60;
/**
 * Cost of requests per user and minute, across all gateways. A rider or a driver gets no more from a gateway either, see
 * `RequestRateLimiter`; a service acts for many users.
 */
const PER_WINDOW: Readonly<Record<Role, number>> = {
  driver: 900,
  rider: 900,
  dispatcher: 3_000,
  service: 60_000,
};

/** State of a user's limit after a request, and whether the request is allowed. */
export type UserRateLimit = { isAllowed: boolean; limit: number; remaining: number; resetS: number };

/** Limits what the requests of one user cost, across all gateways. While Redis is away, each gateway counts by itself. */
export class UserRateLimits {
  readonly #limiters: Record<Role, RateLimiterRedis>;

  constructor(redis: RedisClient) {
    const limiterOf = (role: Role) => {
      const options = { points: PER_WINDOW[role], duration: WINDOW_S, keyPrefix: keys.rates(role) };
      return new RateLimiterRedis({
        ...options,
        storeClient: redis,
        insuranceLimiter: new RateLimiterMemory(options),
      });
    };
    this.#limiters = {
      driver: limiterOf('driver'),
      rider: limiterOf('rider'),
      dispatcher: limiterOf('dispatcher'),
      service: limiterOf('service'),
    };
  }

  /** Counts a request of this cost. */
  async take(role: Role, userId: string, cost: number): Promise<UserRateLimit> {
    const limiter = this.#limiters[role];
    try {
      return stateOf(await limiter.consume(userId, cost), limiter.points, true);
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return stateOf(refused, limiter.points, false);
      throw refused;
    }
  }
}

const stateOf = (
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  limit: number,
  isAllowed: boolean,
): UserRateLimit => ({
  isAllowed,
  limit,
  remaining: Math.max(0, remainingPoints),
  resetS: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
});

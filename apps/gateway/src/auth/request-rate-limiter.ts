import { Injectable } from '@nestjs/common';
import { RateLimited, type RateLimitState } from '#ops';
import type { Identity } from '#realtime';
import { UserRateLimits } from '#store';
import { KeyedRateLimiter } from './keyed-rate-limiter.js';

/** Token bucket of each rider and driver at one gateway: burst in requests, refill in requests per second. */
const BURST = 60;
const PER_SECOND = 10;

/** Limits the REST requests of a user. One instance for all controllers, so that a user has one bucket. */
@Injectable()
export class RequestRateLimiter {
  readonly #limiter = new KeyedRateLimiter(BURST, PER_SECOND);

  constructor(private readonly shared: UserRateLimits) {}

  /**
   * Counts one request: at this gateway for riders and drivers, of whom none needs much at once, and across all gateways.
   * @param cost in tokens
   * @returns the state of the limit that is nearest to its end
   * @throws {RateLimited}
   */
  async take({ role, userId }: Identity, cost = 1): Promise<RateLimitState> {
    const isParty = role === 'rider' || role === 'driver';
    // First, because it answers without Redis.
    const own = isParty ? this.#limiter.take(`${role} ${userId}`, Date.now(), cost) : null;
    const { isAllowed, ...shared } = await this.shared.take(role, userId, cost);
    if (!isAllowed) throw new RateLimited(shared, shared.resetS);
    return own !== null && own.remaining < shared.remaining ? own : shared;
  }
}

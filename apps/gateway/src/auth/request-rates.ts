import { Injectable } from '@nestjs/common';
import type { RateLimitState } from '#ops';
import type { Identity } from '#realtime';
import { Rates } from './rates.js';

/** Token bucket of each rider and driver at one gateway: burst in requests, refill in requests per second. */
const BURST = 60;
const PER_SECOND = 10;

/** Limits the REST requests of a rider or driver. One instance for all controllers, so that a user has one bucket. */
@Injectable()
export class RequestRates {
  readonly #rates = new Rates(BURST, PER_SECOND);

  /**
   * Counts one request.
   * @returns the state of the limit; null for services and dispatchers, who act for many users and have none
   * @throws {RateLimited}
   */
  take({ role, userId }: Identity): RateLimitState | null {
    if (role === 'service' || role === 'dispatcher') return null;
    return this.#rates.take(`${role} ${userId}`, Date.now());
  }
}

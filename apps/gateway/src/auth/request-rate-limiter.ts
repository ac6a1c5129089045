import { Injectable } from '@nestjs/common';
import { ProtocolError } from '#protocol';
import type { Identity } from '#realtime';
import { KeyedRateLimiter } from './keyed-rate-limiter.js';

/** Token bucket of each rider and driver at one gateway: burst in requests, refill in requests per second. */
const BURST = 60;
const PER_SECOND = 10;

/** Limits the REST requests of a rider or driver. One instance for all controllers, so that a user has one bucket. */
@Injectable()
export class RequestRateLimiter {
  readonly #limiter = new KeyedRateLimiter(BURST, PER_SECOND);

  /** @throws {ProtocolError} RATE_LIMITED; never for services and dispatchers, who act for many users */
  take({ role, userId }: Identity, cost = 1): void {
    if (role === 'service' || role === 'dispatcher') return;
    if (!this.#limiter.take(`${role} ${userId}`, Date.now(), cost)) throw new ProtocolError('RATE_LIMITED');
  }
}

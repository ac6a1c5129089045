import { Injectable } from '@nestjs/common';
import { HOUR_MS, ProtocolError } from '#protocol';
import { ExpiringKeys, orUnavailable } from '#store';
import type { Actor } from '#trips';

/** Limits how often a rider or driver may do something per hour, across all gateways. */
@Injectable()
export class HourlyLimits {
  constructor(private readonly expiringKeys: ExpiringKeys) {}

  /**
   * Counts one use.
   * @throws {ProtocolError} RATE_LIMITED above `perHour`, never for services and dispatchers; UNAVAILABLE
   */
  async take({ role, userId }: Actor, name: string, perHour: number): Promise<void> {
    if (role === 'service' || role === 'dispatcher') return;
    const { count } = await orUnavailable(this.expiringKeys.count(`${name}:${role}:${userId}`, HOUR_MS));
    if (count > perHour) throw new ProtocolError('RATE_LIMITED');
  }
}

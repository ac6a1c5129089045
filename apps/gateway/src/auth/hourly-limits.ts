import { Injectable } from '@nestjs/common';
import { RateLimited } from '#ops';
import { ExpiringKeys, orUnavailable } from '#store';
import type { Actor } from '#trips';

const HOUR_MS = 3_600_000;

/** Limits how often a rider or driver may do something per hour, across all gateways. */
@Injectable()
export class HourlyLimits {
  constructor(private readonly expiringKeys: ExpiringKeys) {}

  /**
   * Counts one use.
   * @throws {RateLimited} above `perHour`, never for services and dispatchers
   * @throws {ProtocolError} UNAVAILABLE
   */
  async take({ role, userId }: Actor, name: string, perHour: number): Promise<void> {
    if (role === 'service' || role === 'dispatcher') return;
    const { count, leftMs } = await orUnavailable(
      this.expiringKeys.count(`${name}:${role}:${userId}`, HOUR_MS),
    );
    const resetS = Math.ceil(leftMs / 1_000);
    if (count > perHour) throw new RateLimited({ limit: perHour, remaining: 0, resetS }, resetS);
  }
}

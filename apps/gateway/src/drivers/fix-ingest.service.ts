import { Injectable } from '@nestjs/common';
import { MAX_WATERMARK_AHEAD_MS } from '#geo';
import { Metrics } from '#ops';
import { type FixesAnswer, type ParsedFix, ProtocolError, parseFixes, type Status } from '#protocol';
import { clock, DeclaredOffline, FixAppender, orUnavailable, Trips } from '#store';
import type { DeviceClock } from './device-clock.js';

/** Accepts fixes and status changes of drivers over any transport: parses them and appends them to the fix stream. */
@Injectable()
export class FixIngestService {
  constructor(
    private readonly appender: FixAppender,
    private readonly trips: Trips,
    private readonly offline: DeclaredOffline,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Resolves when Redis has the fixes.
   * @param deviceClock of the device that sent them
   * @throws {ProtocolError} BAD_BATCH, UNAVAILABLE
   */
  async fixes(driverId: string, input: unknown, deviceClock: DeviceClock): Promise<FixesAnswer> {
    try {
      return await this.#accept(driverId, input, deviceClock);
    } catch (error) {
      if (error instanceof ProtocolError) this.metrics.refuse(error.code);
      throw error;
    }
  }

  /**
   * Sets the status of a driver. During a trip, `available` and `busy` take effect after it: until then the driver is busy.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async status(driverId: string, status: Status): Promise<void> {
    const append = (change: Status) =>
      this.appender.append(driverId, [{ driverId, receivedAt: clock.now(), change }]);
    const tripOf = () => orUnavailable(this.trips.openOf(driverId));
    await this.offline.declare(driverId, status === 'offline');
    const trip = status === 'offline' ? null : await tripOf();
    if (trip === null) return append(status);
    await orUnavailable(this.trips.setBreakAfter(trip.id, status === 'busy'));
    await append('busy');
    // The trip may have closed meanwhile.
    if ((await tripOf()) === null) await append(status);
  }

  async #accept(driverId: string, input: unknown, deviceClock: DeviceClock): Promise<FixesAnswer> {
    const receivedAt = clock.now();
    const { fixes, rejected, ignored } = parseFixes(input, receivedAt);
    if (fixes.length > 0) {
      const slowMs = deviceClock.observe(newestOf(fixes), receivedAt);
      await this.appender.append(
        driverId,
        notInFuture(fixes, receivedAt).map((fix) => ({
          driverId,
          receivedAt,
          fix,
          extras: fix.extras,
          slowMs,
        })),
      );
    }
    this.metrics.taken.inc(fixes.length);
    this.metrics.flowed(fixes.length);
    for (const { code } of rejected) this.metrics.refuse(code);
    return { accepted: fixes.length, rejected, ...(ignored.length > 0 && { ignored }) };
  }
}

const newestOf = (fixes: ParsedFix[]): number => fixes.reduce((newest, { t }) => Math.max(newest, t), 0);

/**
 * Sets back fixes of a clock that is ahead, together, so that they keep their distances in time: each with a watermark of its
 * own, they would all have the same time and count as one.
 */
function notInFuture(fixes: ParsedFix[], receivedAt: number): ParsedFix[] {
  const latest = receivedAt + MAX_WATERMARK_AHEAD_MS;
  const aheadMs = newestOf(fixes) - latest;
  return aheadMs <= 0 ? fixes : fixes.map((fix) => (fix.t > latest ? { ...fix, t: fix.t - aheadMs } : fix));
}

import { Injectable } from '@nestjs/common';
import { Metrics } from '#ops';
import { ProtocolError, parseFixes, type Rejection, type Status } from '#protocol';
import { DeclaredOffline, FixAppender, orUnavailable, Trips } from '#store';

/** Accepts fixes and status changes of drivers over any transport: parses them and appends them to the fix stream. */
@Injectable()
export class FixIngestService {
  constructor(
    private readonly appender: FixAppender,
    private readonly trips: Trips,
    private readonly offline: DeclaredOffline,
    private readonly metrics: Metrics,
  ) {}

  /** Resolves when Redis has the fixes. @throws {ProtocolError} BAD_BATCH, UNAVAILABLE */
  async fixes(driverId: string, input: unknown): Promise<{ accepted: number; rejected: Rejection[] }> {
    try {
      return await this.#accept(driverId, input);
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
      this.appender.append(driverId, [{ driverId, receivedAt: Date.now(), change }]);
    const tripOf = () => orUnavailable(this.trips.openOf(driverId));
    await this.offline.declare(driverId, status === 'offline');
    const trip = status === 'offline' ? null : await tripOf();
    if (trip === null) return append(status);
    await orUnavailable(this.trips.setBreakAfter(trip.id, status === 'busy'));
    await append('busy');
    // The trip may have closed meanwhile.
    if ((await tripOf()) === null) await append(status);
  }

  async #accept(driverId: string, input: unknown): Promise<{ accepted: number; rejected: Rejection[] }> {
    const receivedAt = Date.now();
    const { fixes, rejected } = parseFixes(input, receivedAt);
    if (fixes.length > 0)
      await this.appender.append(
        driverId,
        fixes.map((fix) => ({ driverId, receivedAt, fix })),
      );
    this.metrics.taken.inc(fixes.length);
    this.metrics.flowed(fixes.length);
    for (const { code } of rejected) this.metrics.refuse(code);
    return { accepted: fixes.length, rejected };
  }
}

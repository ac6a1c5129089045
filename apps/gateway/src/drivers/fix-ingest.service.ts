import { Injectable } from '@nestjs/common';
import { Metrics } from '#ops';
import { ProtocolError, parseFixes, type Rejection, type Status } from '#protocol';
import { FixAppender, orUnavailable, Trips } from '#store';

/** What drivers say, by whatever way it comes: parsed, appended to the fix stream, and done when Redis has it. */
@Injectable()
export class FixIngestService {
  constructor(
    private readonly appender: FixAppender,
    private readonly trips: Trips,
    private readonly metrics: Metrics,
  ) {}

  /** @throws {ProtocolError} BAD_BATCH, UNAVAILABLE */
  async fixes(driverId: string, input: unknown): Promise<{ accepted: number; rejected: Rejection[] }> {
    try {
      return await this.#take(driverId, input);
    } catch (error) {
      if (error instanceof ProtocolError) this.metrics.refuse(error.code);
      throw error;
    }
  }

  /**
   * On a trip a driver is busy, whether it says so or that it is available; which of the two holds after the trip.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async status(driverId: string, status: Status): Promise<void> {
    const say = (change: Status) =>
      this.appender.append(driverId, [{ driverId, receivedAt: Date.now(), change }]);
    const tripOf = () => orUnavailable(this.trips.openOf(driverId));
    const trip = status === 'offline' ? null : await tripOf();
    if (trip === null) return say(status);
    await orUnavailable(this.trips.setBreakAfter(trip.id, status === 'busy'));
    await say('busy');
    // The trip may have ended while this was on its way.
    if ((await tripOf()) === null) await say(status);
  }

  async #take(driverId: string, input: unknown): Promise<{ accepted: number; rejected: Rejection[] }> {
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

import { Injectable } from '@nestjs/common';
import { MAX_WATERMARK_AHEAD_MS } from '#geo';
import { Metrics, Tracing } from '#ops';
import {
  type Code,
  type FixesAnswer,
  type ParsedFix,
  ProtocolError,
  parseFixes,
  type Status,
  userRoom,
} from '#protocol';
import { Hub } from '#realtime';
import {
  clock,
  DeclaredOffline,
  Devices,
  DriverLogs,
  FixAppender,
  groupBy,
  orUnavailable,
  Trips,
} from '#store';
import { KeyedRateLimiter } from '../auth/keyed-rate-limiter.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import type { DeviceClock } from './device-clock.js';

/**
 * Fixes of one driver at one gateway: apps report at most once a second, but send what they stored without a connection, up to
 * an hour of it, at once.
 */
const BURST = 3_600;
const PER_SECOND = 20;

/** Accepts fixes and status changes of drivers over any transport: parses them and appends them to the fix stream. */
@Injectable()
export class FixIngestService {
  readonly #limiter = new KeyedRateLimiter(BURST, PER_SECOND);

  constructor(
    private readonly appender: FixAppender,
    private readonly trips: Trips,
    private readonly offline: DeclaredOffline,
    private readonly devices: Devices,
    private readonly hub: Hub,
    private readonly metrics: Metrics,
    private readonly gatewayMetrics: GatewayMetrics,
    private readonly logs: DriverLogs,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Resolves when Redis has the fixes.
   * @param deviceClock of the device that sent them
   * @throws {ProtocolError} BAD_BATCH, RATE_LIMITED, UNAVAILABLE
   */
  async fixes(driverId: string, input: unknown, deviceClock: DeviceClock): Promise<FixesAnswer> {
    try {
      return await this.#accept(driverId, input, deviceClock);
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.metrics.refuse(error.code);
        this.#logRefused(driverId, [error.code]);
      }
      throw error;
    }
  }

  /**
   * Sets the status of a driver, and sends it to all devices of the driver. During a trip, `available` and `busy` take effect after it: until then the driver is busy.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async status(driverId: string, status: Status): Promise<void> {
    this.logs.add(driverId, { kind: 'status', at: clock.now(), status });
    await this.#setStatus(driverId, status);
    const changed = { status, deviceId: await this.devices.of(driverId), at: clock.now() };
    this.hub.emit({ namespace: '/driver', room: userRoom(driverId) }, 'status:changed', changed);
  }

  async #setStatus(driverId: string, status: Status): Promise<void> {
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

  #logRefused(driverId: string, codes: Code[]): void {
    const at = clock.now();
    for (const [code, same] of groupBy(codes, (each) => each))
      this.logs.add(driverId, { kind: 'refused', at, code, count: same.length });
  }

  async #accept(driverId: string, input: unknown, deviceClock: DeviceClock): Promise<FixesAnswer> {
    // Before they are parsed, so that a flood costs little.
    this.#limiter.take(driverId, Date.now(), Array.isArray(input) ? Math.max(1, input.length) : 1);
    const receivedAt = clock.now();
    const { fixes, rejected, ignored } = parseFixes(input, receivedAt);
    if (fixes.length > 0) {
      const slowMs = deviceClock.observe(newestOf(fixes), receivedAt);
      const stored = notInFuture(fixes, receivedAt);
      await this.appender.append(
        driverId,
        stored.map((fix) => ({
          driverId,
          receivedAt,
          fix,
          extras: fix.extras,
          slowMs,
        })),
      );
      if (this.tracing.isOn)
        for (const { t } of stored)
          this.tracing.fix('gateway: store fix', driverId, t, receivedAt, clock.now());
    }
    this.gatewayMetrics.acks.observe((clock.now() - receivedAt) / 1_000);
    this.metrics.taken.inc(fixes.length);
    this.metrics.flowed(fixes.length);
    for (const { code } of rejected) this.metrics.refuse(code);
    this.#logRefused(
      driverId,
      rejected.map(({ code }) => code),
    );
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

import { driverRoom, type Sampling, userRoom } from '#protocol';
import type { Hub } from '#realtime';
import { BoundedMap, type DriverRecord, type FollowLog } from '#store';
import { FOLLOWED_IN } from '../broadcast/followed-drivers.js';
import {
  cellNearRiders,
  isNearRiders,
  UNWATCHED,
  type WatchedCells,
  watchedCells,
} from '../broadcast/watched-cells.js';
import { isFaster, isOffPace, samplingFor } from './sampling-for.js';

const MAX_DRIVERS = 200_000;
/** Passes that cover the whole fleet: drivers that all get a new interval at once would from then on report at once. */
const PASSES_PER_ROUND = 12;
/** Drivers per pass. With a larger fleet a round takes longer, and a pass still takes only milliseconds. */
const MAX_PER_PASS = 2_500;
/** Delay before an unwatched driver is slowed down: watchers come back, and cars cross cell borders. */
const SLOW_DOWN_AFTER_MS = 5_000;
/** Minimum time before an interval is sent again to a driver that does not keep to it. */
const RESEND_MS = 30_000;

/** Driver whose fixes this processor handles; times in epoch ms. */
type Driver = {
  record: DriverRecord;
  lastFixAt: number;
  followed: boolean;
  /** null when the next pass is to send it */
  sent: Sampling | null;
  sentAt: number;
  /** start of the time in which a slower interval would do; null while it would not */
  tooFastSince: number | null;
};

/**
 * Controls how often drivers report. A fix only updates the state here; a pass, a few times a second, looks up which
 * drivers are watched and sends the new interval to those for whom it changed.
 */
export class SamplingController {
  readonly #drivers = new BoundedMap<string, Driver>(MAX_DRIVERS);
  #next = this.#drivers.entries();

  /**
   * @param log not shared: each reader continues from its own position
   * @param silentMs time without a fix after which a driver counts as gone
   */
  constructor(
    private readonly hub: Pick<Hub, 'occupied' | 'emit'>,
    private readonly log: Pick<FollowLog, 'read'>,
    private readonly silentMs: number,
  ) {}

  /**
   * Records a fix of a driver.
   * @param followed whether anybody follows the driver
   */
  moved(record: DriverRecord, followed: boolean, now: number): void {
    const driver = this.#drivers.get(record.driverId);
    if (driver === undefined) {
      const unsent = { sent: null, sentAt: 0, tooFastSince: null };
      this.#drivers.set(record.driverId, { record, lastFixAt: now, followed, ...unsent });
      return;
    }
    // It has reconnected, which resets it to the fastest interval, or another processor has sent it something else.
    const { sent, sentAt } = driver;
    if (sent !== null && now - sentAt >= RESEND_MS && isOffPace(record.t - driver.record.t, sent))
      driver.sent = null;
    driver.record = record;
    driver.lastFixAt = now;
    driver.followed = followed;
  }

  forget(driverId: string): void {
    this.#drivers.delete(driverId);
  }

  /** Runs one pass. The next pass, or the next fix of a driver, makes up for one that failed. */
  async runPass(now: number): Promise<void> {
    await this.#speedUpFollowed(now);
    const drivers = this.#nextDrivers(now);
    const unfollowed = drivers.filter(({ followed }) => !followed);
    const watched = await watchedCells(
      this.hub,
      unfollowed.map(({ record }) => record),
      cellNearRiders,
    );
    for (const driver of drivers) this.#adjust(driver, watched, now);
  }

  /** Speeds up newly followed drivers without waiting for their next fix. */
  async #speedUpFollowed(now: number): Promise<void> {
    const { driverIds } = await this.log.read();
    const unfollowed = [...new Set(driverIds)]
      .map((driverId) => this.#drivers.get(driverId))
      .filter((driver) => driver !== undefined && !driver.followed) as Driver[];
    const rooms = unfollowed.flatMap((driver) => {
      const room = driverRoom(driver.record.driverId);
      return FOLLOWED_IN.map((namespace) => ({ namespace, room, driver }));
    });
    for (const { driver } of await this.hub.occupied(rooms)) {
      driver.followed = true;
      this.#adjust(driver, UNWATCHED, now);
    }
  }

  /** Returns the drivers of this pass, without those whose fixes another processor handles by now. */
  #nextDrivers(now: number): Driver[] {
    const drivers: Driver[] = [];
    const count = Math.min(MAX_PER_PASS, Math.ceil(this.#drivers.size / PASSES_PER_ROUND));
    for (let i = 0; i < count; i += 1) {
      let next = this.#next.next();
      if (next.done) {
        this.#next = this.#drivers.entries();
        next = this.#next.next();
      }
      if (next.done) break;
      const [driverId, driver] = next.value;
      if (now - driver.lastFixAt > this.silentMs) this.forget(driverId);
      else drivers.push(driver);
    }
    return drivers;
  }

  #adjust(driver: Driver, watched: WatchedCells, now: number): void {
    const { record, followed, sent } = driver;
    const sampling = samplingFor(
      {
        followed,
        watchedByRiders: isNearRiders(record, watched),
        watchedByDispatchers: watched.byDispatchers.has(record.cell),
        status: record.status,
      },
      this.silentMs,
    );
    if (sent === null || isFaster(sampling, sent)) this.#send(driver, sampling, now);
    else if (!isFaster(sent, sampling)) driver.tooFastSince = null;
    else if (isLongTooFast(driver, now)) this.#send(driver, sampling, now);
  }

  #send(driver: Driver, sampling: Sampling, now: number): void {
    driver.sent = sampling;
    driver.sentAt = now;
    driver.tooFastSince = null;
    const room = userRoom(driver.record.driverId);
    this.hub.emit({ namespace: '/driver', room }, 'sampling', sampling);
  }
}

/** Measured to the last fix rather than to now: this processor must not slow down a driver that another one handles by now. */
function isLongTooFast(driver: Driver, now: number): boolean {
  driver.tooFastSince ??= now;
  return driver.lastFixAt - driver.tooFastSince >= SLOW_DOWN_AFTER_MS;
}

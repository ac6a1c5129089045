import { cellRoom, driverRoom, type Sampling, userRoom } from '#protocol';
import type { Hub } from '#realtime';
import type { DriverRecord, FollowLog } from '#store';
import { riderCell } from '../broadcast/cell-broadcaster.js';
import { FOLLOWED_IN } from '../broadcast/followed-drivers.js';
import { isFaster, isOffPace, samplingFor } from './sampling-for.js';

const MAX_DRIVERS = 200_000;
/** Looks until everyone had a turn: a fleet that is told all at once would from then on report all at once. */
const LOOKS_PER_ROUND = 12;
/** With more drivers a round takes longer, and a look stays a matter of milliseconds. */
const MAX_LOOKED_AT = 2_500;
/** Who loses its last watcher goes on for so long: watchers come back, and cars cross borders. */
const CALM_AFTER_MS = 5_000;
/** Who keeps another pace than it was told is told again, no more often than this. */
const REMIND_MS = 30_000;

/** A driver whose fixes this processor handles; times in epoch ms. */
type Driver = {
  record: DriverRecord;
  heardAt: number;
  followed: boolean;
  /** null when the next look is to tell it */
  told: Sampling | null;
  toldAt: number;
  /** since when a slower pace would do */
  tooFastSince: number | null;
};

/**
 * Tells drivers how often to report. A fix only leaves a note here; looks, a few times a second, ask who is watched, and
 * speak to those for whom that matters.
 */
export class SamplingController {
  readonly #drivers = new Map<string, Driver>();
  #turn = this.#drivers.entries();

  /**
   * @param log of its own: every reader goes on from where it was
   * @param silentMs after which an unheard driver is taken for gone
   */
  constructor(
    private readonly hub: Pick<Hub, 'occupied' | 'emit'>,
    private readonly log: Pick<FollowLog, 'read'>,
    private readonly silentMs: number,
  ) {}

  /** A driver moved; `followed` by anybody. */
  heard(record: DriverRecord, followed: boolean, now: number): void {
    const driver = this.#drivers.get(record.driverId);
    if (driver === undefined) {
      const untold = { told: null, toldAt: 0, tooFastSince: null };
      this.#drivers.set(record.driverId, { record, heardAt: now, followed, ...untold });
      if (this.#drivers.size > MAX_DRIVERS) this.forget(this.#drivers.keys().next().value!);
      return;
    }
    // It has connected again, which makes it fast, or a processor in between told it something else.
    const { told, toldAt } = driver;
    if (told !== null && now - toldAt >= REMIND_MS && isOffPace(record.t - driver.record.t, told))
      driver.told = null;
    driver.record = record;
    driver.heardAt = now;
    driver.followed = followed;
  }

  forget(driverId: string): void {
    this.#drivers.delete(driverId);
  }

  /** What fails here is made good by the next look, or by the driver's next fix. */
  async look(now: number): Promise<void> {
    await this.#noteFollowed(now);
    const drivers = this.#nextDrivers(now);
    const watched = await this.#watchedCells(drivers);
    for (const driver of drivers) this.#steer(driver, watched, now);
  }

  /** Who is followed from now on is not left slow until its next fix. */
  async #noteFollowed(now: number): Promise<void> {
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
      this.#steer(driver, new Set(), now);
    }
  }

  /** Those whose turn it is, without those that another processor hears by now. */
  #nextDrivers(now: number): Driver[] {
    const drivers: Driver[] = [];
    const count = Math.min(MAX_LOOKED_AT, Math.ceil(this.#drivers.size / LOOKS_PER_ROUND));
    for (let i = 0; i < count; i += 1) {
      let next = this.#turn.next();
      if (next.done) {
        this.#turn = this.#drivers.entries();
        next = this.#turn.next();
      }
      if (next.done) break;
      const [driverId, driver] = next.value;
      if (now - driver.heardAt > this.silentMs) this.forget(driverId);
      else drivers.push(driver);
    }
    return drivers;
  }

  /** Cells of both resolutions; their names differ. */
  async #watchedCells(drivers: Driver[]): Promise<Set<string>> {
    const cells = new Map<string, '/rider' | '/dispatch'>();
    for (const { followed, record } of drivers) {
      if (followed) continue;
      cells.set(record.cell, '/dispatch');
      const seenIn = riderCell(record);
      if (seenIn !== null) cells.set(seenIn, '/rider');
    }
    const rooms = Array.from(cells, ([cell, namespace]) => ({ namespace, room: cellRoom(cell), cell }));
    return new Set((await this.hub.occupied(rooms)).map(({ cell }) => cell));
  }

  #steer(driver: Driver, watched: Set<string>, now: number): void {
    const { record, followed, told } = driver;
    const sampling = samplingFor(
      {
        followed,
        watchedByRiders: watched.has(riderCell(record) ?? ''),
        watchedByDispatchers: watched.has(record.cell),
        status: record.status,
      },
      this.silentMs,
    );
    if (told === null || isFaster(sampling, told)) this.#tell(driver, sampling, now);
    else if (!isFaster(told, sampling)) driver.tooFastSince = null;
    else if (isLongTooFast(driver, now)) this.#tell(driver, sampling, now);
  }

  #tell(driver: Driver, sampling: Sampling, now: number): void {
    driver.told = sampling;
    driver.toldAt = now;
    driver.tooFastSince = null;
    const room = userRoom(driver.record.driverId);
    this.hub.emit({ namespace: '/driver', room }, 'sampling', sampling);
  }
}

/** By its last fix rather than by the clock: who is heard by another processor now is not slowed down from here. */
function isLongTooFast(driver: Driver, now: number): boolean {
  driver.tooFastSince ??= now;
  return driver.heardAt - driver.tooFastSince >= CALM_AFTER_MS;
}

import type { DriverGone, Pushed } from '#protocol';
import type { Hub } from '#realtime';
import type { DriverRecord } from '#store';
import type { Outcome } from '../pipeline/fold.js';
import type { SamplingController } from '../sampling/sampling-controller.js';
import type { FollowedDrivers } from './followed-drivers.js';

/** Tells those who follow a driver of each of its accepted fixes, at once; nothing goes to rooms without members. */
export class DriverBroadcaster {
  constructor(
    private readonly hub: Hub,
    private readonly followedDrivers: FollowedDrivers,
    private readonly sampling: SamplingController,
  ) {}

  /** @param again tell also what did not change: the processor before may have died untold */
  async moved(outcomes: Outcome[], again: boolean): Promise<void> {
    const news = outcomes.filter(({ accepted, after }) => accepted.length > 0 || (again && after?.present));
    const followed = await this.#toFollowers(news, (outcome, emit) => {
      const fixes = outcome.accepted.length > 0 ? outcome.accepted.map(({ fix }) => fix) : [outcome.after!];
      for (const { t, lat, lng, heading, speedMps } of fixes) {
        emit('position', { driverId: outcome.driverId, t, lat, lng, heading, speedMps });
      }
    });
    const now = Date.now();
    for (const { driverId, after } of news)
      if (after?.present) this.sampling.heard(after, followed.has(driverId), now);
    // Last: whoever drew its last position takes it off again.
    const left = outcomes.filter(
      ({ before, after }) => after?.present === false && (before?.present || again),
    );
    await this.gone(
      left.map(({ after }) => after!),
      'offline',
    );
  }

  async gone(records: DriverRecord[], reason: DriverGone['reason']): Promise<void> {
    for (const { driverId } of records) this.sampling.forget(driverId);
    await this.#toFollowers(records, ({ driverId, t }, emit) => emit('gone', { driverId, t, reason }));
  }

  /** @returns the drivers that have followers */
  async #toFollowers<T extends { driverId: string }>(
    items: T[],
    tell: (item: T, emit: Emit) => void,
  ): Promise<Set<string>> {
    const rooms = await this.followedDrivers.roomsOf(items);
    for (const room of rooms) tell(room.driver, (event, payload) => this.hub.emit(room, event, payload));
    return new Set(rooms.map(({ driver }) => driver.driverId));
  }
}

type Emit = <E extends 'position' | 'gone'>(event: E, payload: Pushed<'/rider' | '/dispatch', E>) => void;

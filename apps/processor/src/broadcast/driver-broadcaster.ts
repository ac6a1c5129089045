import { Injectable } from '@nestjs/common';
import type { DriverGone, Pushed } from '#protocol';
import { Hub } from '#realtime';
import type { DriverRecord } from '#store';
import { clock } from '#store';
import type { Outcome } from '../pipeline/fold.js';
import { SamplingController } from '../sampling/sampling-controller.js';
import { FollowedDrivers } from './followed-drivers.js';

/** Pushes each accepted fix to the followers of its driver, at once; nothing is published to rooms without members. */
@Injectable()
export class DriverBroadcaster {
  constructor(
    private readonly hub: Hub,
    private readonly followedDrivers: FollowedDrivers,
    private readonly sampling: SamplingController,
  ) {}

  /** @param redelivered publishes unchanged positions too: the previous processor may have died before it published them */
  async moved(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    const updates = outcomes.filter(
      ({ accepted, after }) => accepted.length > 0 || (redelivered && after?.present),
    );
    const followed = await this.#toFollowers(updates, (outcome, emit) => {
      const fixes = outcome.accepted.length > 0 ? outcome.accepted.map(({ fix }) => fix) : [outcome.after!];
      for (const { t, lat, lng, heading, speedMps } of fixes) {
        emit('position', { driverId: outcome.driverId, t, lat, lng, heading, speedMps });
      }
    });
    const now = clock.now();
    for (const { driverId, after } of updates)
      if (after?.present) this.sampling.moved(after, followed.has(driverId), now);
    // Last: clients that have drawn the final position then remove the marker.
    const departed = outcomes.filter(
      ({ before, after }) => after?.present === false && (before?.present || redelivered),
    );
    await this.gone(
      departed.map(({ after }) => after!),
      'offline',
    );
  }

  /** Tells followers that these drivers have left the index. */
  async gone(records: DriverRecord[], reason: DriverGone['reason']): Promise<void> {
    for (const { driverId } of records) this.sampling.forget(driverId);
    await this.#toFollowers(records, ({ driverId, t }, emit) => emit('gone', { driverId, t, reason }));
  }

  /** @returns ids of the drivers that have followers */
  async #toFollowers<T extends { driverId: string }>(
    items: T[],
    send: (item: T, emit: Emit) => void,
  ): Promise<Set<string>> {
    const rooms = await this.followedDrivers.roomsOf(items);
    for (const room of rooms) send(room.driver, (event, payload) => this.hub.emit(room, event, payload));
    return new Set(rooms.map(({ driver }) => driver.driverId));
  }
}

type Emit = <E extends 'position' | 'gone'>(event: E, payload: Pushed<'/rider' | '/dispatch', E>) => void;

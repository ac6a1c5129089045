import { Injectable } from '@nestjs/common';
import { driverRoom, isOpen, tripRoom, userRoom } from '#protocol';
import { Hub } from '#realtime';
import { type Change, clock, FixAppender, orUnavailable, RecentDrivers, Trips } from '#store';
import { driverWhoLostOffer, type TripRecord } from '#trips';
import { QueuesService } from '../queues/queues.service.js';
import { type TripChanged, TripEvents } from './trip-events.js';

/** Keeps drivers in step with their trips: busy while on a trip, free after it, visible to no rider but their own. */
@Injectable()
export class DriverAssignment {
  constructor(
    private readonly trips: Trips,
    private readonly appender: FixAppender,
    private readonly hub: Hub,
    private readonly queues: QueuesService,
    private readonly recentDrivers: RecentDrivers,
    events: TripEvents,
  ) {
    events.on('assign', (change) => this.#assign(change));
    events.on('settle', ({ after }) => this.#settle(after));
  }

  /**
   * Sets the driver of an open trip to busy and the driver of a closed one to free. Does nothing when the driver is held
   * for another trip, or was freed before.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async update({ id, driverId, state }: TripRecord): Promise<void> {
    if (driverId === null || (await orUnavailable(this.trips.heldFor(driverId))) !== id) return;
    if (!isOpen(state)) return this.#free(driverId, id);
    await this.#append(driverId, 'trip:begun');
    // The trip may have closed meanwhile, and its `trip:over` may have been appended first.
    const current = await orUnavailable(this.trips.get(id));
    if (!isOpen(current.state)) await this.#free(driverId, id);
  }

  async #assign({ before, after }: TripChanged): Promise<void> {
    const { id, state } = after;
    // Before the driver is released: it must not get the next offer at its old place.
    await this.queues.settle(after);
    const previous = before === null ? null : driverWhoLostOffer(before, after);
    if (previous !== null) await orUnavailable(this.trips.releaseDriver(previous, id));
    // Before the driver is free: the rider knows where its car is.
    if (!isOpen(state) && after.driverId !== null)
      await orUnavailable(this.recentDrivers.add(after.riderId, after.driverId, after.changedAt));
    if (!isOpen(state)) await this.#hideDriver(after);
    else if (state === 'accepted') await this.update(after);
  }

  /** Runs before the driver is free: the driver's next fixes are not this rider's, unless the next trip is. */
  async #hideDriver({ id, riderId, driverId }: TripRecord): Promise<void> {
    if (driverId === null) return;
    const next = await orUnavailable(this.trips.openOf(driverId));
    if (next?.riderId === riderId) return;
    const room = { namespace: '/rider', room: driverRoom(driverId) } as const;
    this.hub.removeFromRoom(room, [userRoom(riderId), tripRoom(id)]);
  }

  async #settle(trip: TripRecord): Promise<void> {
    if (isOpen(trip.state)) return;
    await this.update(trip);
    // Before it leaves the open ones, so that it is never in neither.
    await orUnavailable(this.trips.archive(trip, clock.now()));
    await orUnavailable(this.trips.forget(trip));
  }

  /** Frees a driver after a trip, unless the driver asked for a break during it. */
  async #free(driverId: string, tripId: string): Promise<void> {
    if (!(await orUnavailable(this.trips.hasBreakAfter(tripId)))) await this.#append(driverId, 'trip:over');
  }

  #append(driverId: string, change: Change): Promise<void> {
    return this.appender.append(driverId, [{ driverId, receivedAt: clock.now(), change }]);
  }
}

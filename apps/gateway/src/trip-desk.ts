import { Injectable } from '@nestjs/common';
import { driverRoom, isOpen, type Trip, type TripRequest, type TripState, userRoom } from '#protocol';
import { Hub } from '#realtime';
import { type Change, FixAppender, orUnavailable, Trips } from '#store';

/** Opens, changes and closes trips, and tells their parties, on whatever node those are. */
@Injectable()
export class TripDesk {
  constructor(
    private readonly trips: Trips,
    private readonly appender: FixAppender,
    private readonly hub: Hub,
  ) {}

  get(id: string): Promise<Trip> {
    return orUnavailable(this.trips.get(id));
  }

  async open(request: TripRequest): Promise<Trip> {
    const trip = await orUnavailable(this.trips.create(request, Date.now()));
    try {
      await this.#driverIs(trip.driverId, 'trip:begun');
    } catch (error) {
      // The client is told that nothing was taken, so nothing may stay.
      await this.trips.change(trip.id, 'cancelled', Date.now()).catch(() => {});
      throw error;
    }
    this.#announce(trip);
    return trip;
  }

  async change(id: string, state: TripState): Promise<Trip> {
    const trip = await orUnavailable(this.trips.change(id, state, Date.now()));
    this.#announce(trip);
    if (!isOpen(trip.state)) {
      // Before the driver is free again: its next fixes are not this rider's.
      this.hub.server.of('/rider').in(userRoom(trip.riderId)).socketsLeave(driverRoom(trip.driverId));
      await this.#driverIs(trip.driverId, 'trip:over');
    }
    return trip;
  }

  #announce(trip: Trip): void {
    this.hub.emit({ namespace: '/rider', room: userRoom(trip.riderId) }, 'trip', trip);
    this.hub.emit({ namespace: '/driver', room: userRoom(trip.driverId) }, 'trip', trip);
  }

  #driverIs(driverId: string, change: Change): Promise<void> {
    return this.appender.append(driverId, [{ driverId, receivedAt: Date.now(), change }]);
  }
}

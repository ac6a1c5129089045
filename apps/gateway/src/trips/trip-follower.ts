import { Injectable } from '@nestjs/common';
import {
  type DriverGone,
  type DriverPosition,
  driverRoom,
  isOpen,
  type Trip,
  type TripEta,
  tripRoom,
} from '#protocol';
import { Hub, type Identity, type RoomListener, type RoomMessage, type Signals } from '#realtime';
import { FollowLog, orUnavailable, Trips } from '#store';
import { viewOf } from '#trips';
import { FleetViewService } from '../fleet/fleet-view.service.js';

/** Receives what a follower learns of a trip, as its rider sees it; each call is newer than the one before. */
export type TripHandlers = {
  trip(trip: Trip): void;
  position(position: DriverPosition): void;
  gone?(gone: DriverGone): void;
  eta(update: TripEta): void;
  /** the trip has closed; nothing follows */
  ended(trip: Trip): void;
  /** the node shuts down or Redis is unavailable: the client must continue at another node */
  cut(): void;
  /** a share link to the trip was revoked */
  revoked?(link: Signals['link:revoked']): void;
};

type Sources = { hub: Hub; trips: Trips; fleetView: FleetViewService; followLog: FollowLog };

/** Creates followers of trips. */
@Injectable()
export class TripFollowers {
  readonly #sources: Sources;

  constructor(hub: Hub, trips: Trips, fleetView: FleetViewService, followLog: FollowLog) {
    this.#sources = { hub, trips, fleetView, followLog };
  }

  /** @param user who follows; null for a share link, which belongs to nobody */
  follow(tripId: string, user: Identity | null, handlers: TripHandlers): TripFollower {
    return new TripFollower(tripId, user, this.#sources, handlers);
  }
}

/** Follows one trip without a socket: its changes, and its driver once one has accepted, until it closes. */
export class TripFollower {
  readonly #listener: RoomListener;
  /** newest known version of the trip */
  #version = 0;
  /** driver whose positions are passed on */
  #driverId: string | null = null;
  /** time of the newest position, epoch ms */
  #movedAt = 0;

  constructor(
    private readonly tripId: string,
    user: Identity | null,
    private readonly sources: Sources,
    private readonly handlers: TripHandlers,
  ) {
    this.#listener = sources.hub.listen('/rider', {
      event: (message) => this.#receive(message),
      closed: () => handlers.cut(),
    });
    Object.assign(this.#listener.socket.data, user);
  }

  /** @throws {ProtocolError} NO_SUCH_TRIP, UNAVAILABLE */
  async begin(): Promise<void> {
    await this.#listener.join([tripRoom(this.tripId)]);
    await this.refresh();
  }

  /** Reads the trip again, because messages are sent once and can get lost. @throws {ProtocolError} UNAVAILABLE */
  async refresh(): Promise<void> {
    await this.#show(await this.#read());
  }

  close(): void {
    this.#listener.close();
  }

  #receive({ event, payload }: RoomMessage<'/rider'>): void {
    if (event === 'position') this.#move(payload);
    else if (event === 'gone') this.#gone(payload);
    else if (event === 'trip') this.#show(payload).catch(() => this.handlers.cut());
    else if (event === 'eta') this.#estimate(payload);
    else if (event === 'link:revoked') this.handlers.revoked?.(payload);
  }

  async #show(trip: Trip): Promise<void> {
    if (trip.version < this.#version) return;
    this.#version = trip.version;
    this.handlers.trip(trip);
    if (!isOpen(trip.state)) this.handlers.ended(trip);
    else if (trip.driverId !== null && trip.driverId !== this.#driverId) await this.#follow(trip.driverId);
  }

  async #follow(driverId: string): Promise<void> {
    const { fleetView, followLog } = this.sources;
    if (this.#driverId !== null) this.#listener.leave(driverRoom(this.#driverId));
    this.#driverId = null;
    this.#movedAt = 0;
    await this.#listener.join([driverRoom(driverId)]);
    await orUnavailable(followLog.add(driverId));
    // Read again: a trip that closed while the room was joined has already removed its followers from it.
    const trip = await this.#read();
    if (!isOpen(trip.state) || trip.driverId !== driverId) return this.#show(trip);
    this.#driverId = driverId;
    const position = await fleetView.position(driverId);
    if (position !== null) this.#move(position);
  }

  async #read(): Promise<Trip> {
    const trip = await orUnavailable(this.sources.trips.get(this.tripId));
    return viewOf(trip, { role: 'rider', userId: trip.riderId });
  }

  #move(position: DriverPosition): void {
    if (position.driverId !== this.#driverId || position.t <= this.#movedAt) return;
    this.#movedAt = position.t;
    this.handlers.position(position);
  }

  #gone(gone: DriverGone): void {
    if (gone.driverId === this.#driverId && gone.t >= this.#movedAt) this.handlers.gone?.(gone);
  }

  #estimate(update: TripEta): void {
    if (update.version === this.#version) this.handlers.eta(update);
    else if (update.version > this.#version) this.refresh().catch(() => this.handlers.cut());
  }
}

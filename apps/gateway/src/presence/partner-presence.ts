import { Injectable, Logger } from '@nestjs/common';
import { type Namespace, ProtocolError, type Trip, type TripPresence, userRoom } from '#protocol';
import { Hub } from '#realtime';
import {
  clock,
  orUnavailable,
  type PresenceHash,
  PresenceStore,
  presenceForPartner,
  Trips,
  userPresenceOf,
} from '#store';
import { TripEvents } from '../trips/trip-events.js';

/** Notifies the rider and the driver of an open trip, and nobody else, whether the other one is connected. */
@Injectable()
export class PartnerPresence {
  readonly #logger = new Logger('partners');

  constructor(
    private readonly trips: Trips,
    private readonly presence: PresenceStore,
    private readonly hub: Hub,
    events: TripEvents,
  ) {
    events.on('observe', ({ after }) => {
      if (after.state === 'accepted') this.#accepted(after);
    });
  }

  /** Returns the presence of a trip's driver, null without one. @throws {ProtocolError} UNAVAILABLE */
  async driverOf({ id, driverId }: Trip): Promise<TripPresence | null> {
    return driverId === null ? null : this.#presenceOf(id, driverId, '/driver');
  }

  /**
   * Returns the presence of a trip's rider for its driver. Reads it after the node has subscribed to the driver's room, so
   * that no later change is missed.
   * @throws {ProtocolError} UNAVAILABLE
   */
  async riderOf({ id, riderId }: Trip, driverId: string): Promise<TripPresence> {
    await this.hub.subscribed('/driver', [userRoom(driverId)]);
    return this.#presenceOf(id, riderId, '/rider');
  }

  /** Sends the rider's presence to the driver who has accepted. Best effort. */
  #accepted({ id, riderId, driverId }: Trip): void {
    if (driverId === null) return;
    this.#presenceOf(id, riderId, '/rider').then(
      (presence) => this.#emit('/driver', driverId, presence),
      (error: unknown) => this.#failed(error),
    );
  }

  /** Notifies the partner of a user who has connected, unless the user was online. @param before presence until now */
  async connected(userId: string, before: PresenceHash, namespaces: Namespace[]): Promise<void> {
    try {
      const now = clock.now();
      const presence = userPresenceOf(before, await this.presence.around(now));
      for (const namespace of namespaces)
        if (!presenceForPartner(presence, namespace, now).online) await this.notify(userId, namespace, true);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Notifies the partner that a user is online or offline, if that is still true. @throws {ProtocolError} UNAVAILABLE */
  async notify(userId: string, namespace: Namespace, online: boolean): Promise<void> {
    const trip = await this.#tripOf(userId, namespace);
    if (trip === null) return;
    const presence = await this.#presenceOf(trip.id, userId, namespace);
    if (presence.online !== online) return;
    const send = (update: TripPresence) =>
      namespace === '/rider'
        ? this.#emit('/driver', trip.driverId, update)
        : this.#emit('/rider', trip.riderId, update);
    send(presence);
    if (online) return;
    // The user may have connected to another node meanwhile.
    const current = await this.#presenceOf(trip.id, userId, namespace);
    if (current.online) send(current);
  }

  async #tripOf(userId: string, namespace: Namespace): Promise<(Trip & { driverId: string }) | null> {
    if (namespace === '/dispatch') return null;
    const trip = await orUnavailable(
      namespace === '/driver' ? this.trips.openOf(userId) : this.trips.heldByRider(userId),
    );
    return trip === null || trip.driverId === null ? null : { ...trip, driverId: trip.driverId };
  }

  async #presenceOf(tripId: string, userId: string, namespace: Namespace): Promise<TripPresence> {
    const now = clock.now();
    const presence = await orUnavailable(this.presence.of(userId, now));
    return { tripId, userId, ...presenceForPartner(presence, namespace, now) };
  }

  #emit(namespace: '/rider' | '/driver', userId: string, presence: TripPresence): void {
    this.hub.emit({ namespace, room: userRoom(userId) }, 'presence', presence);
  }

  /** Logs unexpected errors only; a ProtocolError means that Redis is unavailable. */
  #failed(error: unknown): void {
    if (!(error instanceof ProtocolError)) this.#logger.warn(error);
  }
}

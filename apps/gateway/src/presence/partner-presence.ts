import { Injectable, Logger } from '@nestjs/common';
import { type Namespace, ProtocolError, type Trip, type TripPresence, userRoom } from '#protocol';
import { Hub } from '#realtime';
import {
  orUnavailable,
  type PresenceHash,
  PresenceStore,
  presenceForPartner,
  Trips,
  userPresenceOf,
} from '#store';

/** Tells the rider and the driver of an open trip whether the other one is connected. Nobody else is told. */
@Injectable()
export class PartnerPresence {
  readonly #logger = new Logger('partners');

  constructor(
    private readonly trips: Trips,
    private readonly presence: PresenceStore,
    private readonly hub: Hub,
  ) {}

  /** @throws {ProtocolError} UNAVAILABLE */
  async driverOf({ id, driverId }: Trip): Promise<TripPresence | null> {
    return driverId === null ? null : this.#presenceOf(id, driverId, '/driver');
  }

  /** What a driver is told of its rider, once this node hears of all that follows. @throws {ProtocolError} UNAVAILABLE */
  async riderOf({ id, riderId }: Trip, driverId: string): Promise<TripPresence> {
    await this.hub.subscribed('/driver', [userRoom(driverId)]);
    return this.#presenceOf(id, riderId, '/rider');
  }

  /** Tells the driver that has a trip now of the rider. */
  accepted({ id, riderId, driverId }: Trip): void {
    if (driverId === null) return;
    this.#presenceOf(id, riderId, '/rider').then(
      (presence) => this.#emit('/driver', driverId, presence),
      (error: unknown) => this.#failed(error),
    );
  }

  /** Tells the partners of a user that has come, unless it was there before. @param before what was known of it */
  async connected(userId: string, before: PresenceHash, namespaces: Namespace[]): Promise<void> {
    try {
      const now = Date.now();
      const where = userPresenceOf(before, await this.presence.around(now));
      for (const namespace of namespaces)
        if (!presenceForPartner(where, namespace, now).online) await this.notify(userId, namespace, true);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Tells the partner that a user is there or is gone, if that is so. @throws {ProtocolError} UNAVAILABLE */
  async notify(userId: string, namespace: Namespace, online: boolean): Promise<void> {
    const trip = await this.#tripOf(userId, namespace);
    if (trip === null) return;
    const presence = await this.#presenceOf(trip.id, userId, namespace);
    if (presence.online !== online) return;
    const say = (news: TripPresence) =>
      namespace === '/rider'
        ? this.#emit('/driver', trip.driverId, news)
        : this.#emit('/rider', trip.riderId, news);
    say(presence);
    if (online) return;
    // It may have come on another node while that was said.
    const since = await this.#presenceOf(trip.id, userId, namespace);
    if (since.online) say(since);
  }

  async #tripOf(userId: string, namespace: Namespace): Promise<(Trip & { driverId: string }) | null> {
    if (namespace === '/dispatch') return null;
    const trip = await orUnavailable(
      namespace === '/driver' ? this.trips.openOf(userId) : this.trips.heldByRider(userId),
    );
    return trip === null || trip.driverId === null ? null : { ...trip, driverId: trip.driverId };
  }

  async #presenceOf(tripId: string, userId: string, namespace: Namespace): Promise<TripPresence> {
    const now = Date.now();
    const where = await orUnavailable(this.presence.of(userId, now));
    return { tripId, userId, ...presenceForPartner(where, namespace, now) };
  }

  #emit(namespace: '/rider' | '/driver', userId: string, presence: TripPresence): void {
    this.hub.emit({ namespace, room: userRoom(userId) }, 'presence', presence);
  }

  /** While the store is away there is nothing to tell. */
  #failed(error: unknown): void {
    if (!(error instanceof ProtocolError)) this.#logger.warn(error);
  }
}

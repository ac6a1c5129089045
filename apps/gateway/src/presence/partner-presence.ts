import { Injectable, Logger } from '@nestjs/common';
import { type Namespace, type PartnerPresence, Refusal, type Trip, userRoom } from '#protocol';
import { Hub } from '#realtime';
import {
  orUnavailable,
  type PresenceHash,
  PresenceStore,
  presenceForPartner,
  Trips,
  whereaboutsOf,
} from '#store';

/** Tells the rider and the driver of an open trip whether the other one is connected. Nobody else is told. */
@Injectable()
export class Partners {
  readonly #logger = new Logger('partners');

  constructor(
    private readonly trips: Trips,
    private readonly presence: PresenceStore,
    private readonly hub: Hub,
  ) {}

  /** @throws {Refusal} UNAVAILABLE */
  async driverOf({ id, driverId }: Trip): Promise<PartnerPresence | null> {
    return driverId === null ? null : this.#presenceOf(id, driverId, '/driver');
  }

  /** What a driver is told of its rider, once this node hears of all that follows. @throws {Refusal} UNAVAILABLE */
  async riderOf({ id, riderId }: Trip, driverId: string): Promise<PartnerPresence> {
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
  async came(userId: string, before: PresenceHash, namespaces: Namespace[]): Promise<void> {
    try {
      const now = Date.now();
      const where = whereaboutsOf(before, await this.presence.around(now));
      for (const namespace of namespaces)
        if (!presenceForPartner(where, namespace, now).online) await this.tell(userId, namespace, true);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Tells the partner that a user is there or is gone, if that is so. @throws {Refusal} UNAVAILABLE */
  async tell(userId: string, namespace: Namespace, online: boolean): Promise<void> {
    const trip = await this.#tripOf(userId, namespace);
    if (trip === null) return;
    const presence = await this.#presenceOf(trip.id, userId, namespace);
    if (presence.online !== online) return;
    const say = (news: PartnerPresence) =>
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

  async #presenceOf(tripId: string, userId: string, namespace: Namespace): Promise<PartnerPresence> {
    const now = Date.now();
    const where = await orUnavailable(this.presence.of(userId, now));
    return { tripId, userId, ...presenceForPartner(where, namespace, now) };
  }

  #emit(namespace: '/rider' | '/driver', userId: string, presence: PartnerPresence): void {
    this.hub.emit({ namespace, room: userRoom(userId) }, 'presence', presence);
  }

  /** While the store is away there is nothing to tell. */
  #failed(error: unknown): void {
    if (!(error instanceof Refusal)) this.#logger.warn(error);
  }
}

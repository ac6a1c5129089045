import { Injectable } from '@nestjs/common';
import {
  driverRoom,
  isOpen,
  type Offer,
  ProtocolError,
  type Trip,
  type TripChange,
  type TripRequest,
  tripRoom,
  userRoom,
} from '#protocol';
import { Hub } from '#realtime';
import { type Change, FixAppender, newTripId, type Once, once, orUnavailable, Trips } from '#store';
import {
  type Actor,
  assertMaySee,
  begin,
  callOff,
  change,
  makeOffer,
  SERVICE,
  type TripRecord,
  viewOf,
  withdraw,
} from '#trips';
import { RegionFeedService } from '../feeds/region-feed.service.js';
import { PartnerPresence } from '../presence/partner-presence.js';
import { lostOffer, TripNotifier } from './trip-notifier.js';

/** Of an offer that is made only to assign a driver by hand. */
const ASSIGN_MS = 10_000;

/** Opens, changes and closes trips, with all that follows from it. */
@Injectable()
export class TripsService {
  constructor(
    private readonly trips: Trips,
    private readonly appender: FixAppender,
    private readonly notifier: TripNotifier,
    private readonly partnerPresence: PartnerPresence,
    private readonly regionFeed: RegionFeedService,
    private readonly hub: Hub,
  ) {}

  /** @throws {ProtocolError} NO_SUCH_TRIP, NOT_YOUR_TRIP */
  async get(by: Actor, id: string): Promise<Trip> {
    const trip = await orUnavailable(this.trips.get(id));
    assertMaySee(trip, by);
    return viewOf(trip, by);
  }

  /** The open trip of a rider or a driver; of a driver also the one that it is asked to take. */
  async openOf(by: Actor): Promise<Trip | null> {
    const held = by.role === 'rider' ? this.trips.heldByRider(by.userId) : this.trips.heldByDriver(by.userId);
    const trip = await orUnavailable(held);
    return trip === null ? null : viewOf(trip, by);
  }

  /** All open trips, for dispatch. */
  async open(): Promise<Trip[]> {
    return (await orUnavailable(this.trips.open())).map((trip) => viewOf(trip, SERVICE));
  }

  /**
   * @param key the same one again opens no second trip
   * @throws {ProtocolError} RIDER_ON_TRIP, DRIVER_ON_TRIP, IDEMPOTENCY_KEY_REUSED; WRONG_ROLE to a rider that asks for more than itself
   */
  async request(by: Actor, { pickup, dropoff, ...named }: TripRequest, key?: string): Promise<Trip> {
    const { driverId = null, riderId = by.role === 'rider' ? by.userId : undefined } = named;
    if (riderId === undefined) throw new ProtocolError('BAD_ID', 'riderId');
    if (by.role === 'rider' && (riderId !== by.userId || driverId !== null))
      throw new ProtocolError('WRONG_ROLE');
    await this.regionFeed.limitRequests(by);
    const now = Date.now();
    const trip = begin({ id: newTripId(nameOf(by), key), riderId, driverId, pickup, dropoff }, now);
    const opened = await orUnavailable(this.trips.create(trip, now));
    try {
      await this.#follow(null, opened);
    } catch (error) {
      // The client is told to try again; what nobody has seen is called off, and ends like any other.
      if (opened === trip) await this.trips.change(trip.id, ifNew).catch(() => {});
      throw error;
    }
    // Only a count: what fails here fails nobody.
    if (opened === trip) void this.regionFeed.requested(pickup).catch(() => {});
    return viewOf(opened, by);
  }

  /** @throws {ProtocolError} what {@link change} throws; DRIVER_ON_TRIP when a driver is assigned that is not free */
  async change(by: Actor, id: string, wanted: TripChange, key?: string): Promise<Trip> {
    const assigned = by.role === 'rider' || by.role === 'driver' ? undefined : wanted.driverId;
    if (wanted.state === 'accepted' && assigned !== undefined) await this.#reserve(id, assigned);
    const again = key === undefined ? null : once(nameOf(by), key, wanted);
    return viewOf(await this.apply(id, (trip) => change(trip, wanted, by, Date.now()), again), by);
  }

  /** Makes a change, and all that follows from it; when it was made before, again: who made it may have died. */
  async apply(
    id: string,
    decide: (trip: TripRecord) => TripRecord,
    again: Once | null = null,
  ): Promise<TripRecord> {
    const { before, after, isRepeated } = await orUnavailable(this.trips.change(id, decide, again));
    if (after !== before || isRepeated) await this.#follow(before, after);
    return after;
  }

  /** Does once more what follows from the state of a trip. */
  notifyAgain(trip: TripRecord): Promise<void> {
    return this.#follow(trip, trip);
  }

  /** Asks a driver. @returns false when it has another trip or offer; then nobody is asked and nobody was told */
  async offer(id: string, offer: Offer): Promise<boolean> {
    const { before, after } = await orUnavailable(
      this.trips.change(id, (trip) => makeOffer(trip, offer, Date.now())),
    );
    if (!(await this.#held(offer.driverId, id))) return false;
    await this.notifier.changed(before, after);
    return true;
  }

  /** That the driver has a trip now, or has none any more. Who is held for another trip, or was told, is told nothing. */
  async setDriverOnTrip({ id, driverId, state }: TripRecord): Promise<void> {
    if (driverId === null || (await orUnavailable(this.trips.heldFor(driverId))) !== id) return;
    if (!isOpen(state)) return this.#release(driverId, id);
    await this.#driverIs(driverId, 'trip:begun');
    // It may have ended while this was on its way, and that may have gone first.
    const now = await orUnavailable(this.trips.get(id));
    if (!isOpen(now.state)) await this.#release(driverId, id);
  }

  /** A driver is free again after a trip, unless it has said meanwhile that it takes a break. */
  async #release(driverId: string, tripId: string): Promise<void> {
    if (!(await orUnavailable(this.trips.hasBreakAfter(tripId)))) await this.#driverIs(driverId, 'trip:over');
  }

  #driverIs(driverId: string, change: Change): Promise<void> {
    return this.appender.append(driverId, [{ driverId, receivedAt: Date.now(), change }]);
  }

  async #follow(before: TripRecord | null, after: TripRecord): Promise<void> {
    const { id, riderId, driverId, state } = after;
    const lost = before === null ? null : lostOffer(before, after);
    if (lost !== null) await orUnavailable(this.trips.releaseDriver(lost, id));
    if (isOpen(state)) {
      if (state === 'accepted') await this.setDriverOnTrip(after);
      await this.notifier.changed(before, after);
      if (state === 'accepted') this.partnerPresence.accepted(after);
      return;
    }
    const next = driverId === null ? null : await orUnavailable(this.trips.openOf(driverId));
    // Before the driver is free again: its next fixes are not this rider's, unless it is the rider's next trip.
    if (driverId !== null && next?.riderId !== riderId)
      this.hub.server
        .of('/rider')
        .in([userRoom(riderId), tripRoom(id)])
        .socketsLeave(driverRoom(driverId));
    await this.notifier.changed(before, after);
    await this.setDriverOnTrip(after);
    await orUnavailable(this.trips.forget(after));
  }

  /** A driver that is assigned by hand gets an offer first, of which nobody is told: so it is held like any other. */
  async #reserve(id: string, driverId: string): Promise<void> {
    for (;;) {
      const trip = await orUnavailable(this.trips.get(id));
      if (trip.driverId !== null || !isOpen(trip.state)) return;
      const other = await orUnavailable(this.trips.heldByDriver(driverId));
      if (other !== null && other.id !== id) throw new ProtocolError('DRIVER_ON_TRIP');
      if (trip.offer?.driverId === driverId && (await this.#held(driverId, id))) return;
      if (trip.offer !== null) await this.apply(id, (current) => withdraw(current, Date.now()));
      const offer = reservation(driverId, Date.now() + ASSIGN_MS);
      // Another driver may be asked in between; its offer is taken back then.
      const { after } = await orUnavailable(
        this.trips.change(id, (current) =>
          current.state === 'requested' ? makeOffer(current, offer, Date.now()) : current,
        ),
      );
      if (after.offer?.driverId !== driverId) continue;
      if (!(await this.#held(driverId, id))) throw new ProtocolError('DRIVER_ON_TRIP');
      return;
    }
  }

  /** Holds a driver that an offer names; takes the offer back when it has another trip. */
  async #held(driverId: string, id: string): Promise<boolean> {
    if (await orUnavailable(this.trips.holdDriver(driverId, id))) return true;
    await orUnavailable(this.trips.change(id, (trip) => withdraw(trip, Date.now())));
    return false;
  }
}

/** A rider and a driver may have the same id. */
const nameOf = ({ role, userId }: Actor): string => `${role} ${userId}`;

const ifNew = (trip: TripRecord): TripRecord => (trip.version === 1 ? callOff(trip, Date.now()) : trip);

const reservation = (driverId: string, expiresAt: number): Offer => ({
  driverId,
  expiresAt,
  distanceM: 0,
  durationS: 0,
  by: 'detour',
});

import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { distanceM } from '#geo';
import { CONFIG } from '#ops';
import {
  type DeclinedTrip,
  isOpen,
  type Offer,
  type Position,
  ProtocolError,
  type Trip,
  type TripChange,
  type TripRequest,
  type TripRoute,
  type TripState,
} from '#protocol';
import { clock, DriverProfiles, FleetIndex, newTripId, type Once, once, orUnavailable, Trips } from '#store';
import {
  type Actor,
  assertInScope,
  assertMaySee,
  begin,
  cancelConflicting,
  change,
  isInScope,
  isWithoutPart,
  makeOffer,
  NO_ZONES,
  placeOf,
  rate,
  SERVICE,
  type TripRecord,
  viewOf,
  withAway,
  withdrawFrom,
  withNoShow,
  withProfile,
} from '#trips';
import { HourlyLimits } from '../auth/hourly-limits.js';
import { PlacesService } from '../places/places.service.js';
import { TripEvents } from './trip-events.js';
import { TripRoutes } from './trip-routes.js';

/** Lifetime of an offer that only reserves a driver whom dispatch assigns. */
const RESERVATION_MS = 10_000;
/** Attempts to replace an offer of matching by a reservation. */
const MAX_ROUNDS = 10;
const REQUESTS_PER_HOUR = 60;
/** Steps of a driver that have a place. */
const HAS_PLACE: ReadonlySet<TripState> = new Set(['arrived', 'on_trip', 'completed']);

/** Opens and changes trips, and emits each change to {@link TripEvents}. */
@Injectable()
export class TripsService {
  constructor(
    private readonly trips: Trips,
    private readonly events: TripEvents,
    private readonly limits: HourlyLimits,
    private readonly places: PlacesService,
    private readonly index: FleetIndex,
    private readonly routes: TripRoutes,
    @Inject(CONFIG) private readonly config: Config,
    private readonly profiles: DriverProfiles,
  ) {}

  /** @throws {ProtocolError} NO_SUCH_TRIP, NOT_YOUR_TRIP */
  async get(by: Actor, id: string): Promise<Trip> {
    const trip = await orUnavailable(this.trips.get(id));
    assertMaySee(trip, by);
    return viewOf(trip, by);
  }

  /** Returns the route that the driver of a trip still has to drive; see {@link TripRoutes.of}. @throws {ProtocolError} as {@link get} does */
  async route(by: Actor, id: string): Promise<TripRoute> {
    const trip = await orUnavailable(this.trips.get(id));
    assertMaySee(trip, by);
    return { route: await this.routes.of(trip) };
  }

  /** Returns the open trip of a rider or driver; for a driver, also the trip that is offered. */
  async openOf(by: Actor): Promise<Trip | null> {
    const held = by.role === 'rider' ? this.trips.heldByRider(by.userId) : this.trips.heldByDriver(by.userId);
    const trip = await orUnavailable(held);
    return trip === null ? null : viewOf(trip, by);
  }

  /** Returns all open trips that concern a dispatcher or service. */
  async open(by: Actor): Promise<Trip[]> {
    const trips = (await orUnavailable(this.trips.open())).filter((trip) => isInScope(trip, by));
    return trips.map((trip) => viewOf(trip, SERVICE));
  }

  /**
   * Opens a trip. When emitting fails, a trip with a key stays open for the retry, or for the scheduler if none comes.
   * @param key idempotency key: the same one opens no second trip
   * @throws {ProtocolError} RIDER_ON_TRIP, DRIVER_ON_TRIP, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED; what {@link PlacesService.check} throws; WRONG_ROLE when a rider
   * names another rider or a driver
   */
  async request(
    by: Actor,
    { pickup, dropoff, withPin, vehicleClass, seats, ...named }: TripRequest,
    key?: string,
  ): Promise<Trip> {
    const { driverId = null, riderId = by.role === 'rider' ? by.userId : undefined } = named;
    if (riderId === undefined) throw new ProtocolError('BAD_ID', 'riderId');
    if (by.role === 'rider' && (riderId !== by.userId || driverId !== null))
      throw new ProtocolError('WRONG_ROLE');
    const { fleet = null } = by;
    if (by.role !== 'rider') assertInScope({ fleet, pickup }, by);
    await this.limits.take(by, 'trips', REQUESTS_PER_HOUR);
    const now = clock.now();
    const id = newTripId(nameOf(by), key);
    // A repeated request gets its trip, whatever zones were published since.
    const isRepeated = key !== undefined && (await orUnavailable(this.trips.find(id))) !== null;
    const zones = isRepeated ? NO_ZONES : await this.places.check(pickup, dropoff);
    const profile = driverId === null ? null : await orUnavailable(this.profiles.get(driverId));
    const wanted = {
      ...(withPin === true ? { pin: newPin() } : {}),
      ...(vehicleClass === undefined ? {} : { vehicleClass }),
      ...(seats === undefined ? {} : { seats }),
      ...(profile === null ? {} : { driver: profile }),
    };
    const trip = begin({ id, riderId, driverId, pickup, dropoff, fleet, ...wanted }, now, zones);
    const opened = await orUnavailable(this.trips.create(trip, now));
    const isNew = opened === trip;
    try {
      await this.events.emit({ before: isNew ? null : opened, after: opened });
    } catch (error) {
      // A retry with the same key gets this trip, and emits it again. Without a key, a retry would find the rider on a trip
      // that it does not know, so the trip is cancelled; the scheduler publishes that.
      if (isNew && key === undefined) await this.trips.change(trip.id, cancelIfUntouched).catch(() => {});
      throw error;
    }
    return viewOf(opened, by);
  }

  /**
   * Changes a trip on behalf of a user.
   * @param key idempotency key: the same one makes the change once
   * @throws {ProtocolError} what {@link change} throws; DRIVER_ON_TRIP when the assigned driver is not free
   */
  async change(by: Actor, id: string, wanted: TripChange, key?: string): Promise<Trip | DeclinedTrip> {
    const assigned = by.role === 'rider' || by.role === 'driver' ? undefined : wanted.driverId;
    if (wanted.state === 'accepted' && assigned !== undefined) {
      // Before other offers of the trip are withdrawn for it.
      assertInScope(await orUnavailable(this.trips.get(id)), by);
      await this.#reserve(id, assigned);
    }
    const idempotency = key === undefined ? null : once(nameOf(by), key, wanted);
    const position =
      by.role === 'driver' && HAS_PLACE.has(wanted.state) ? await this.#positionOf(by.userId) : null;
    const accepts = by.role === 'driver' ? by.userId : assigned;
    const profile =
      wanted.state === 'accepted' && accepts !== undefined
        ? await orUnavailable(this.profiles.get(accepts))
        : null;
    const decide = (trip: TripRecord) => {
      const changed = withNoShow(change(trip, wanted, by, clock.now()), this.config.noShowMs);
      const after = withProfile(trip, changed, profile);
      const place = placeOf(after, after.state);
      if (after === trip || position === null || place === null) return after;
      return withAway(after, distanceM(position, place));
    };
    const after = await this.apply(id, decide, idempotency);
    if (by.role === 'driver' && wanted.state === 'on_trip' && after.state === 'arrived')
      throw new ProtocolError('WRONG_PIN');
    return isWithoutPart(after, by) ? { id, state: 'requested' } : viewOf(after, by);
  }

  /** Records the rating of a completed trip by its rider. @throws {ProtocolError} what {@link rate} throws */
  async rate(by: Actor, id: string, stars: number): Promise<Trip> {
    return viewOf(await this.apply(id, (trip) => rate(trip, stars, by)), by);
  }

  /**
   * Changes a trip and emits the change. Emits it again when the same idempotent change was stored before, because the
   * process that stored it may have died before it emitted.
   */
  async apply(
    id: string,
    decide: (trip: TripRecord) => TripRecord,
    idempotency: Once | null = null,
  ): Promise<TripRecord> {
    const { before, after, isRepeated } = await orUnavailable(this.trips.change(id, decide, idempotency));
    if (after !== before || isRepeated) await this.events.emit({ before, after });
    return after;
  }

  /** Emits the current state of a trip again, for listeners that may have missed it. */
  emitAgain(trip: TripRecord): Promise<void> {
    return this.events.emit({ before: trip, after: trip });
  }

  /** Last position of a driver; null if it is not known, also while the index cannot be read: a step does not need it. */
  async #positionOf(driverId: string): Promise<Position | null> {
    const loaded = await this.index.load(driverId).catch(() => null);
    return loaded?.record ?? null;
  }

  /** Offers a trip to a driver. @returns false when the driver has another trip or offer; then nobody was notified */
  async offer(id: string, offer: Offer): Promise<boolean> {
    const { before, after } = await orUnavailable(
      this.trips.change(id, (trip) => makeOffer(trip, offer, clock.now())),
    );
    if (!(await this.#hold(offer.driverId, id))) return false;
    await this.events.emit({ before, after });
    return true;
  }

  /**
   * Reserves a driver for an assignment by dispatch with an offer that is never published; it holds like any other.
   * @throws {ProtocolError} DRIVER_ON_TRIP; UNAVAILABLE when matching made another offer in each of {@link MAX_ROUNDS}
   */
  async #reserve(id: string, driverId: string): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const trip = await orUnavailable(this.trips.get(id));
      if (trip.driverId !== null || !isOpen(trip.state)) return;
      const other = await orUnavailable(this.trips.heldByDriver(driverId));
      if (other !== null && other.id !== id) throw new ProtocolError('DRIVER_ON_TRIP');
      if (trip.offer?.driverId === driverId && (await this.#hold(driverId, id))) return;
      const { offer: earlier } = trip;
      if (earlier !== null)
        await this.apply(id, (current) => withdrawFrom(earlier.driverId, current, clock.now()));
      const offer = reservation(driverId, clock.now() + RESERVATION_MS);
      // Matching may make another offer in between; the next round withdraws it.
      const { after } = await orUnavailable(
        this.trips.change(id, (current) =>
          current.state === 'requested' ? makeOffer(current, offer, clock.now()) : current,
        ),
      );
      if (after.offer?.driverId !== driverId) continue;
      if (!(await this.#hold(driverId, id))) throw new ProtocolError('DRIVER_ON_TRIP');
      return;
    }
    throw new ProtocolError('UNAVAILABLE', 'the trip was offered to other drivers meanwhile');
  }

  /** Holds the driver of an offer; withdraws the offer when the driver has another trip. */
  async #hold(driverId: string, id: string): Promise<boolean> {
    if (await orUnavailable(this.trips.holdDriver(driverId, id))) return true;
    await orUnavailable(this.trips.change(id, (trip) => withdrawFrom(driverId, trip, clock.now())));
    return false;
  }
}

const newPin = (): string => String(randomInt(10_000)).padStart(4, '0');

/** Includes the role: a rider and a driver may have the same id. */
const nameOf = ({ role, userId }: Actor): string => `${role} ${userId}`;

const cancelIfUntouched = (trip: TripRecord): TripRecord =>
  trip.version === 1 ? cancelConflicting(trip, clock.now()) : trip;

const reservation = (driverId: string, expiresAt: number): Offer => ({
  driverId,
  expiresAt,
  distanceM: 0,
  durationS: 0,
  by: 'straight_line',
});

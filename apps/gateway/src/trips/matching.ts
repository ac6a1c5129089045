import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { type Offer, userRoom } from '#protocol';
import { Hub } from '#realtime';
import {
  clock,
  DeclaredOffline,
  DriverProfiles,
  type DriverRecord,
  FleetIndex,
  FleetQueries,
  orUnavailable,
  Trips,
} from '#store';
import { cancelConflicting, giveUp, pass, suits, suitsAny, type TripRecord, withdrawFrom } from '#trips';
import { ScopeService } from '../auth/scope.service.js';
import { QueuesService } from '../queues/queues.service.js';
import { RouteEstimator } from './route-estimator.js';
import { TripsService } from './trips.service.js';

/** Number of nearest drivers that are compared by ETA. */
const CANDIDATES = 5;
const MAX_CONSIDERED = 300;
/** The same for a request of a class or of several seats: vehicles that suit may be rare. */
const MAX_OF_ANY_CLASS = 3_000;
const RETRY_MS = 3_000;

/**
 * Finds a driver for a trip: offers it to the driver with the shortest ETA, then to the next one. Drivers whose app is
 * connected come first.
 */
@Injectable()
export class Matching {
  constructor(
    private readonly trips: Trips,
    private readonly offline: DeclaredOffline,
    private readonly tripsService: TripsService,
    private readonly fleetQueries: FleetQueries,
    private readonly routes: RouteEstimator,
    private readonly hub: Hub,
    private readonly index: FleetIndex,
    private readonly queues: QueuesService,
    private readonly scope: ScopeService,
    private readonly profiles: DriverProfiles,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes, renews or ends the offer of a trip.
   * @param trip requested or offered
   * @returns when the trip is due next, epoch ms
   */
  async advance(trip: TripRecord): Promise<number> {
    const now = clock.now();
    if (trip.offer !== null && now <= trip.offer.expiresAt) {
      // Due before the offer expires: the gateway that made it may have died before it held or notified the driver.
      const { driverId } = trip.offer;
      if (!(await orUnavailable(this.trips.holdDriver(driverId, trip.id))))
        return this.advance(await this.tripsService.apply(trip.id, (it) => withdrawFrom(driverId, it, now)));
      await this.tripsService.emitAgain(trip);
      return trip.offer.expiresAt + 1;
    }
    if (trip.offer !== null)
      return this.advance(await this.tripsService.apply(trip.id, (it) => expire(it, now)));
    if (trip.state !== 'requested') return now;
    // If its creation was interrupted, the rider may have another trip by now.
    const isRiders = await orUnavailable(this.trips.holdRider(trip.riderId, trip.id));
    if (!isRiders) {
      await this.tripsService.apply(trip.id, (it) => cancelConflicting(it, now));
      return now;
    }
    if (now - trip.createdAt > this.config.searchMs) {
      await this.tripsService.apply(trip.id, (it) => giveUp(it, now));
      return now;
    }
    return this.#offer(trip);
  }

  async #offer(trip: TripRecord): Promise<number> {
    const { id } = trip;
    // A gateway that died may not have settled the last offer.
    await this.queues.settle(trip);
    const queued = await this.#queued(trip);
    const candidates = queued.length > 0 ? queued : await this.#candidates(trip);
    if (candidates.length === 0) return clock.now() + RETRY_MS;
    const journey = await this.routes.journey(trip.pickup, trip.dropoff);
    for (const candidate of candidates) {
      const expiresAt = clock.now() + this.config.offerMs;
      if (await this.tripsService.offer(id, { ...candidate, ...journey, expiresAt })) return expiresAt + 1;
    }
    return clock.now() + RETRY_MS;
  }

  /** Drivers of the queue that serves the pick-up who have not been offered this trip, first first. */
  async #queued(trip: TripRecord): Promise<Array<Omit<Offer, 'expiresAt'>>> {
    const ids = await this.#ofFleet(await this.queues.candidates(trip), trip, (id) => id);
    const free: DriverRecord[] = [];
    for (const driverId of ids) {
      if (free.length === CANDIDATES) break;
      const { record } = await orUnavailable(this.index.load(driverId));
      if (record?.present !== true || record.status !== 'available') continue;
      // As for queries of the index: while no processor runs, nobody removes those who fell silent.
      if (record.receivedAt < clock.now() - this.config.silentMs) continue;
      if (this.#mayBeAsked(record, trip.asked) && !(await orUnavailable(this.offline.has(driverId))))
        free.push(record);
    }
    const estimates = await orUnavailable(this.routes.estimates(free, trip.pickup));
    return free.map(({ driverId }, i) => ({ driverId, ...estimates[i]! }));
  }

  /** Available drivers who have not been offered this trip: those who can be reached now first, then by ETA. */
  async #candidates(trip: TripRecord): Promise<Array<Omit<Offer, 'expiresAt'>>> {
    const { pickup } = trip;
    const free = await orUnavailable(this.#free(trip));
    const [estimates, reachable] = await orUnavailable(
      Promise.all([this.routes.estimates(free, pickup), this.#reachable(free)]),
    );
    return free
      .map(({ driverId }, i) => ({ driverId, ...estimates[i]! }))
      .sort(
        (a, b) =>
          Number(reachable.has(b.driverId)) - Number(reachable.has(a.driverId)) || a.durationS - b.durationS,
      );
  }

  /** Drivers whose app is connected at any node. The others may be back any time, but may also have closed their app. */
  async #reachable(drivers: DriverRecord[]): Promise<Set<string>> {
    const rooms = drivers.map(({ driverId }) => ({
      namespace: '/driver' as const,
      room: userRoom(driverId),
      driverId,
    }));
    return new Set((await this.hub.occupied(rooms)).map(({ driverId }) => driverId));
  }

  /** A made-up position says nothing about the way to the rider. */
  #mayBeAsked({ driverId, extras }: DriverRecord, asked: string[]): boolean {
    return !asked.includes(driverId) && (this.config.mockDrivers || extras?.isMock !== true);
  }

  /**
   * Nearest drivers without a trip or offer whose fleet and vehicle suit. Widens the search, because all drivers nearby may have
   * other offers, fleets or vehicles.
   */
  async #free(trip: TripRecord): Promise<DriverRecord[]> {
    const { pickup, asked, fleet = null } = trip;
    const maxConsidered = suitsAny(trip) && fleet === null ? MAX_CONSIDERED : MAX_OF_ANY_CLASS;
    const within = { maxM: this.config.searchRadiusM, statuses: ['available'] as const };
    for (let k = CANDIDATES + asked.length; ; k *= 4) {
      const found = await this.fleetQueries.nearest(k, pickup, within);
      const asking = found.map(({ record }) => record).filter((driver) => this.#mayBeAsked(driver, asked));
      const near = await this.#ofFleet(await this.#suiting(asking, trip), trip, ({ driverId }) => driverId);
      const isFree = await Promise.all(near.map(({ driverId }) => this.#isFree(driverId)));
      const free = near.filter((_, i) => isFree[i]).slice(0, CANDIDATES);
      if (free.length === CANDIDATES || found.length < k || k >= maxConsidered) return free;
    }
  }

  /** Drivers of the fleet of the trip; all of them if it has none. */
  #ofFleet<T>(drivers: T[], { fleet = null }: TripRecord, idOf: (driver: T) => string): Promise<T[]> {
    return this.scope.ofFleet(drivers, { fleet }, idOf);
  }

  async #suiting(drivers: DriverRecord[], trip: TripRecord): Promise<DriverRecord[]> {
    if (suitsAny(trip)) return drivers;
    const profiles = await this.profiles.all(drivers.map(({ driverId }) => driverId));
    return drivers.filter((_, i) => suits(profiles[i]!, trip));
  }

  async #isFree(driverId: string): Promise<boolean> {
    const [isFree, isOffline] = await Promise.all([this.trips.isFree(driverId), this.offline.has(driverId)]);
    return isFree && !isOffline;
  }
}

const expire = (trip: TripRecord, now: number): TripRecord =>
  trip.offer !== null && now > trip.offer.expiresAt ? pass(trip, now) : trip;

import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import type { Offer } from '#protocol';
import { type DriverRecord, FleetQueries, orUnavailable, Trips } from '#store';
import { callOff, giveUp, type TripRecord, withdraw } from '#trips';
import { RegionFeedService } from '../feeds/region-feed.service.js';
import { RouteEstimator } from './route-estimator.js';
import { TripsService } from './trips.service.js';

/** So many of the nearest are compared by how long they take. */
const CANDIDATES = 5;
const MAX_LOOKED_AT = 300;
const LOOK_AGAIN_MS = 3_000;

/** Finds a driver for a trip: asks the one that can be there first, and the next when that one does not want to. */
@Injectable()
export class Matching {
  constructor(
    private readonly trips: Trips,
    private readonly tripsService: TripsService,
    private readonly fleetQueries: FleetQueries,
    private readonly routes: RouteEstimator,
    private readonly regionFeed: RegionFeedService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @param trip requested or offered
   * @returns when to look at it next, epoch ms
   */
  async look(trip: TripRecord): Promise<number> {
    const now = Date.now();
    if (trip.offer !== null && now <= trip.offer.expiresAt) {
      // Looked at before its time: who made the offer may have died before it held the driver or said so.
      if (!(await orUnavailable(this.trips.holdDriver(trip.offer.driverId, trip.id))))
        return this.look(await this.tripsService.apply(trip.id, (it) => withdraw(it, now)));
      await this.tripsService.notifyAgain(trip);
      return trip.offer.expiresAt + 1;
    }
    if (trip.offer !== null)
      return this.look(await this.tripsService.apply(trip.id, (it) => expire(it, now)));
    if (trip.state !== 'requested') return now;
    // One whose creation was cut off in the middle may not be its rider's only one.
    const isRiders = await orUnavailable(this.trips.holdRider(trip.riderId, trip.id));
    if (!isRiders) {
      await this.tripsService.apply(trip.id, (it) => callOff(it, now));
      return now;
    }
    if (now - trip.createdAt > this.config.searchMs) {
      const after = await this.tripsService.apply(trip.id, (it) => giveUp(it, now));
      if (after.cancelled?.reason === 'no_driver')
        await this.regionFeed.alert(after, 'no_driver', after.pickup);
      return now;
    }
    return this.#ask(trip);
  }

  async #ask({ id, pickup, asked }: TripRecord): Promise<number> {
    for (const candidate of await this.#candidates(pickup, asked)) {
      const expiresAt = Date.now() + this.config.offerMs;
      if (await this.tripsService.offer(id, { ...candidate, expiresAt })) return expiresAt + 1;
    }
    return Date.now() + LOOK_AGAIN_MS;
  }

  /** Free drivers that were not asked yet, whoever is there first first. */
  async #candidates(pickup: TripRecord['pickup'], asked: string[]): Promise<Array<Omit<Offer, 'expiresAt'>>> {
    const free = await orUnavailable(this.#free(pickup, asked));
    const estimates = await orUnavailable(this.routes.estimates(free, pickup));
    return free
      .map(({ driverId }, i) => ({ driverId, ...estimates[i]! }))
      .sort((a, b) => a.durationS - b.durationS);
  }

  /** The nearest that have no trip or offer; of more and more, because those around may all be asked by others. */
  async #free(pickup: TripRecord['pickup'], asked: string[]): Promise<DriverRecord[]> {
    const within = { maxM: this.config.searchRadiusM, statuses: ['available'] as const };
    for (let k = CANDIDATES + asked.length; ; k *= 4) {
      const found = await this.fleetQueries.nearest(k, pickup, within);
      const near = found.map(({ record }) => record).filter(({ driverId }) => !asked.includes(driverId));
      const held = await Promise.all(near.map(({ driverId }) => this.trips.heldByDriver(driverId)));
      const free = near.filter((_, i) => held[i] === null).slice(0, CANDIDATES);
      if (free.length === CANDIDATES || found.length < k || k >= MAX_LOOKED_AT) return free;
    }
  }
}

const expire = (trip: TripRecord, now: number): TripRecord =>
  trip.offer !== null && now > trip.offer.expiresAt ? withdraw(trip, now) : trip;

import { Injectable } from '@nestjs/common';
import { type DrivingRoute, isOpen } from '#protocol';
import { FleetIndex, orUnavailable } from '#store';
import type { TripRecord } from '#trips';
import { RouteEstimator } from './route-estimator.js';

/** The parties of a trip and its followers ask about the same time. */
const FRESH_MS = 3_000;
const MAX_KNOWN = 2_000;

/** Routes of the drivers of trips. A client asks for a new one when the car has left the last one. */
@Injectable()
export class TripRoutes {
  /** by trip and state, in the order in which they were found */
  readonly #known = new Map<string, { at: number; route: Promise<DrivingRoute | null> }>();

  constructor(
    private readonly index: FleetIndex,
    private readonly routes: RouteEstimator,
  ) {}

  /**
   * Returns the route of the driver to the pick-up or the destination; null without a router, without a car, while it waits,
   * and once the trip is over.
   * @throws {ProtocolError} UNAVAILABLE
   */
  of(trip: TripRecord): Promise<DrivingRoute | null> {
    if (trip.driverId === null || trip.state === 'arrived' || !isOpen(trip.state))
      return Promise.resolve(null);
    const key = `${trip.id} ${trip.driverId} ${trip.state === 'on_trip'}`;
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.route;
    const route = this.#find(trip, trip.driverId);
    this.#known.delete(key);
    this.#known.set(key, { at: performance.now(), route });
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    route.catch(() => this.#known.delete(key));
    return route;
  }

  async #find(trip: TripRecord, driverId: string): Promise<DrivingRoute | null> {
    const to = trip.state === 'on_trip' ? 'dropoff' : 'pickup';
    const { record } = await orUnavailable(this.index.load(driverId));
    const route = record === null ? null : await orUnavailable(this.routes.route(record, trip[to]));
    return route === null ? null : { ...route, to };
  }
}

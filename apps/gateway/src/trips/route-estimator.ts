import { Inject, Injectable } from '@nestjs/common';
import { CITY_PACE, recentPaceMps } from '#geo';
import type { Estimate, Offer, Position } from '#protocol';
import { type DriverRecord, Tracks } from '#store';
import { ROUTER, type Route, type Router, type Start, untilArrival } from './routing/router.js';

/** Fixes from which a driver's pace is computed: some minutes of driving. */
const FIXES = 60;
/** Steps of the distance and duration of a trip that is offered, metres and seconds. */
const ROUGH_M = 500;
const ROUGH_S = 60;

const upTo = (value: number, step: number): number => Math.max(1, Math.round(value / step)) * step;

/** Estimates distance and duration from drivers to a place, at each driver's recent pace, and finds their routes. */
@Injectable()
export class RouteEstimator {
  constructor(
    private readonly tracks: Tracks,
    @Inject(ROUTER) private readonly router: Router,
  ) {}

  /** @returns one estimate per driver, in the same order */
  async estimates(drivers: DriverRecord[], to: Position): Promise<Estimate[]> {
    const starts = await Promise.all(drivers.map((driver) => this.#startOf(driver)));
    const estimates = await this.router.estimates(starts, to);
    return estimates.map((estimate, i) => untilArrival(estimate, starts[i]!, to));
  }

  /** Estimates a trip from place to place at the usual pace of a city, roughly: it must not show where a street begins. */
  async journey(from: Position, to: Position): Promise<Pick<Offer, 'tripDistanceM' | 'tripDurationS'>> {
    const [estimate] = await this.router.estimates([{ ...from, paceMps: CITY_PACE.paceMps }], to);
    const { distanceM, durationS } = estimate!;
    return { tripDistanceM: upTo(distanceM, ROUGH_M), tripDurationS: upTo(durationS, ROUGH_S) };
  }

  /** Returns the route of a driver to a place; null if no streets are known. */
  async route(driver: DriverRecord, to: Position): Promise<Route | null> {
    const start = await this.#startOf(driver);
    const route = await this.router.route(start, to);
    return route === null ? null : { ...route, ...untilArrival(route, start, to) };
  }

  async #startOf({ driverId, lat, lng, heading }: DriverRecord): Promise<Start> {
    return { lat, lng, heading, paceMps: recentPaceMps(await this.tracks.latest(driverId, FIXES)) };
  }
}

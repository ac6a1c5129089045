import { Inject, Injectable } from '@nestjs/common';
import { recentPaceMps } from '#geo';
import type { Estimate, Position } from '#protocol';
import { type DriverRecord, Tracks } from '#store';
import { ROUTER, type Router } from './routing/router.js';

/** Fixes from which a driver's pace is computed: some minutes of driving. */
const FIXES = 60;

/** Estimates distance and duration from drivers to a place, at each driver's recent pace. */
@Injectable()
export class RouteEstimator {
  constructor(
    private readonly tracks: Tracks,
    @Inject(ROUTER) private readonly router: Router,
  ) {}

  /** @returns one estimate per driver, in the same order */
  async estimates(drivers: DriverRecord[], to: Position): Promise<Estimate[]> {
    const starts = await Promise.all(
      drivers.map(async ({ driverId, lat, lng }) => {
        const paceMps = recentPaceMps(await this.tracks.latest(driverId, FIXES));
        return { lat, lng, paceMps };
      }),
    );
    return this.router.estimates(starts, to);
  }
}

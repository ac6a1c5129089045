import { Inject, Injectable } from '@nestjs/common';
import { recentPaceMps } from '#geo';
import type { Estimate, Position } from '#protocol';
import { type DriverRecord, Tracks } from '#store';
import { ROUTER, type Router } from './routing/router.js';

/** Some minutes of driving. */
const FIXES = 60;

/** How far drivers have to a place, and how long they take at the pace at which they got along lately. */
@Injectable()
export class RouteEstimator {
  constructor(
    private readonly tracks: Tracks,
    @Inject(ROUTER) private readonly router: Router,
  ) {}

  /** @returns one for each driver, in their order */
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

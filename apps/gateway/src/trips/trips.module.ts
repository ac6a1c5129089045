import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics } from '#ops';
import { Trips } from '#store';
import { AuditModule } from '../audit/audit.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { DriverAssignment } from './driver-assignment.js';
import { Matching } from './matching.js';
import { RouteEstimator } from './route-estimator.js';
import { OsrmRouter } from './routing/osrm-router.js';
import { ROUTER, StraightLineRouter } from './routing/router.js';
import { SummaryController } from './summary.controller.js';
import { TripEventsModule } from './trip-events.module.js';
import { TripFollowers } from './trip-follower.js';
import { TripNotifier } from './trip-notifier.js';
import { TripScheduler } from './trip-scheduler.js';
import { TripsController } from './trips.controller.js';
import { TripsService } from './trips.service.js';

@Module({
  imports: [AuditModule, FeedsModule, FleetModule, TripEventsModule],
  controllers: [TripsController, SummaryController],
  providers: [
    {
      provide: ROUTER,
      useFactory: ({ osrmUrl }: Config, { routerFailures }: Metrics) =>
        osrmUrl === undefined ? new StraightLineRouter() : new OsrmRouter(osrmUrl, routerFailures),
      inject: [CONFIG, Metrics],
    },
    RouteEstimator,
    DriverAssignment,
    TripNotifier,
    TripsService,
    Matching,
    TripScheduler,
    TripFollowers,
  ],
  exports: [TripsService, TripFollowers],
})
export class TripsModule {
  constructor(metrics: Metrics, trips: Trips) {
    metrics.countTrips(async () => (await trips.open()).map(({ state }) => state));
  }
}

import { Module } from '@nestjs/common';
import { Tracing } from '#ops';
import { DriverLogs } from '#store';
import { AuditModule } from '../audit/audit.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { PlacesModule } from '../places/places.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { DriverAssignment } from './driver-assignment.js';
import { logTrip } from './log-trip.js';
import { Matching } from './matching.js';
import { measureTrip } from './measure-trip.js';
import { RouteEstimator } from './route-estimator.js';
import { RoutingModule } from './routing/routing.module.js';
import { SummaryController } from './summary.controller.js';
import { traceTrip } from './trace-trip.js';
import { TripEvents } from './trip-events.js';
import { TripEventsModule } from './trip-events.module.js';
import { TripFollowers } from './trip-follower.js';
import { TripNotifier } from './trip-notifier.js';
import { TripRoutes } from './trip-routes.js';
import { TripScheduler } from './trip-scheduler.js';
import { TripsController } from './trips.controller.js';
import { TripsService } from './trips.service.js';

@Module({
  imports: [
    AuditModule,
    FeedsModule,
    FleetModule,
    PlacesModule,
    QueuesModule,
    RoutingModule,
    TripEventsModule,
  ],
  controllers: [TripsController, SummaryController],
  providers: [
    RouteEstimator,
    DriverAssignment,
    TripNotifier,
    TripsService,
    Matching,
    TripScheduler,
    TripFollowers,
    TripRoutes,
  ],
  exports: [TripsService, TripFollowers, TripRoutes],
})
export class TripsModule {
  constructor(metrics: GatewayMetrics, logs: DriverLogs, tracing: Tracing, events: TripEvents) {
    events.on('observe', (change) => measureTrip(metrics, change));
    events.on('observe', (change) => logTrip(logs, change));
    events.on('observe', (change) => traceTrip(tracing, change));
  }
}

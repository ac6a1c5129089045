import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Heartbeat, Metrics, NODE, OpsController, REDIS } from '#ops';
import { Hub, Pseudonyms, Tokens } from '#realtime';
import {
  AreaTracks,
  Audit,
  Chats,
  connect,
  ExpiringKeys,
  Feeds,
  FixAppender,
  FleetIndex,
  FleetQueries,
  FollowLog,
  Links,
  PresenceStore,
  runIdOf,
  Tracks,
  Trips,
} from '#store';
import { DispatchActionsController } from './actions/dispatch-actions.controller.js';
import { DispatchActionsService } from './actions/dispatch-actions.service.js';
import { AuditController } from './audit/audit.controller.js';
import { DevTokensController } from './auth/dev-tokens.controller.js';
import { DispatchChatGateway, DriverChatGateway, RiderChatGateway } from './chat/chat.gateway.js';
import { ChatService } from './chat/chat.service.js';
import { AsyncApiController } from './docs/asyncapi.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { DriverGateway } from './drivers/driver.gateway.js';
import { FixIngestService } from './drivers/fix-ingest.service.js';
import { FixesController } from './drivers/fixes.controller.js';
import { ReconnectSnapshotService } from './drivers/reconnect-snapshot.service.js';
import { FeedController } from './feeds/feeds.controller.js';
import { FeedsService } from './feeds/feeds.service.js';
import { IncidentsController } from './feeds/incidents.controller.js';
import { RegionFeedService } from './feeds/region-feed.service.js';
import { DispatchGateway } from './fleet/dispatch.gateway.js';
import { ExpensiveReads } from './fleet/expensive-reads.js';
import { FleetController } from './fleet/fleet.controller.js';
import { FleetViewService } from './fleet/fleet-view.service.js';
import { HistoryController } from './fleet/history.controller.js';
import { RoomSubscriptions } from './fleet/room-subscriptions.js';
import { TrackController } from './fleet/track.controller.js';
import { HttpStreamsController } from './http-streams/http-streams.controller.js';
import { HttpStreamsService } from './http-streams/http-streams.service.js';
import { MapController } from './pages/map.controller.js';
import { countConnections, countUsers } from './presence/connection-counts.js';
import { ConnectionsService } from './presence/connections.service.js';
import { LocalConnections } from './presence/local-connections.js';
import { PartnerPresence } from './presence/partner-presence.js';
import { PresenceReaper } from './presence/presence-reaper.js';
import { UsersController } from './presence/users.controller.js';
import { RiderGateway } from './riders/rider.gateway.js';
import { ShareStreams } from './sharing/share-streams.js';
import { SharedController, SharingController } from './sharing/sharing.controller.js';
import { SharingService } from './sharing/sharing.service.js';
import { Matching } from './trips/matching.js';
import { RouteEstimator } from './trips/route-estimator.js';
import { OsrmRouter } from './trips/routing/osrm-router.js';
import { ROUTER, StraightLineRouter } from './trips/routing/router.js';
import { SummaryController } from './trips/summary.controller.js';
import { TripNotifier } from './trips/trip-notifier.js';
import { TripScheduler } from './trips/trip-scheduler.js';
import { TripsController } from './trips/trips.controller.js';
import { TripsService } from './trips/trips.service.js';

@Module({})
class GatewayModule {}

/** Wires the classes of this process. */
export function gatewayModule(config: Config, node: string): DynamicModule {
  const metrics = new Metrics(node);
  const onError = () => metrics.storeErrors.inc();
  const redis = connect(config.redisUrl!, 'commands', onError);
  const tokens = new Tokens(config.jwtSecret!);
  const appender = new FixAppender(redis, config);
  const hub = new Hub(config.redisUrl!, onError);
  hub.onReceived((room) => metrics.received.inc({ room }));
  const trips = new Trips(redis);
  metrics.countTrips(async () => (await trips.open()).map(({ state }) => state));
  const presence = new PresenceStore(redis);
  const partners = new PartnerPresence(trips, presence, hub);
  const heartbeat = new Heartbeat(redis, { node, role: 'gateway' }, metrics, async () => ({
    connections: countConnections(hub.server, metrics),
    users: countUsers(held, metrics),
    lag: await appender.measureBacklog(),
  }));
  const incarnation = runIdOf({ node, startedAt: heartbeat.startedAt });
  const held = new LocalConnections(
    presence,
    incarnation,
    (...written) => void partners.connected(...written),
  );
  const tracks = new Tracks(redis, config.trackHours);
  const values: Array<[provide: symbol | (abstract new (...args: never[]) => object), useValue: unknown]> = [
    [CONFIG, config],
    [NODE, node],
    [REDIS, redis],
    [Metrics, metrics],
    [Tokens, tokens],
    [Pseudonyms, new Pseudonyms(tokens)],
    [Hub, hub],
    [FixAppender, appender],
    [FleetIndex, new FleetIndex(redis)],
    [FleetQueries, new FleetQueries(redis)],
    [FollowLog, new FollowLog(redis)],
    [Tracks, tracks],
    [ExpensiveReads, new ExpensiveReads()],
    [AreaTracks, new AreaTracks(redis, tracks)],
    [Trips, trips],
    [PresenceStore, presence],
    [PartnerPresence, partners],
    [LocalConnections, held],
    [PresenceReaper, new PresenceReaper(presence, held, partners, incarnation)],
    [Links, new Links(redis)],
    [ExpiringKeys, new ExpiringKeys(redis)],
    [Feeds, new Feeds(redis, config.feedHours)],
    [Chats, new Chats(redis)],
    [Audit, new Audit(redis)],
    [
      ROUTER,
      config.osrmUrl === undefined
        ? new StraightLineRouter()
        : new OsrmRouter(config.osrmUrl, metrics.routerFailures),
    ],
    [Heartbeat, heartbeat],
  ];
  return {
    module: GatewayModule,
    controllers: [
      OpsController,
      TripsController,
      IncidentsController,
      HttpStreamsController,
      FeedController,
      FixesController,
      FleetController,
      TrackController,
      HistoryController,
      UsersController,
      SummaryController,
      SharingController,
      SharedController,
      AuditController,
      DispatchActionsController,
      MapController,
      AsyncApiController,
      DocsController,
      ...(config.demo ? [DevTokensController] : []),
    ],
    providers: [
      ...values.map(([provide, useValue]) => ({ provide, useValue })),
      FleetViewService,
      RoomSubscriptions,
      ConnectionsService,
      FixIngestService,
      DispatchActionsService,
      ReconnectSnapshotService,
      FeedsService,
      RegionFeedService,
      TripNotifier,
      TripsService,
      Matching,
      RouteEstimator,
      SharingService,
      ShareStreams,
      TripScheduler,
      HttpStreamsService,
      DriverGateway,
      RiderGateway,
      DispatchGateway,
      ChatService,
      DriverChatGateway,
      RiderChatGateway,
      DispatchChatGateway,
    ],
  };
}

import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Heartbeat, Metrics, NODE, OpsController, REDIS } from '#ops';
import { Hub, Pseudonyms, Tokens } from '#realtime';
import {
  AreaTracks,
  Audit,
  Chats,
  connect,
  Feeds,
  FixAppender,
  FleetIndex,
  FleetQuestions,
  FollowLog,
  incarnationOf,
  Links,
  Marks,
  PresenceStore,
  Tracks,
  Trips,
} from '#store';
import { HandsController } from './actions/dispatch-actions.controller.js';
import { HandDesk } from './actions/dispatch-actions.service.js';
import { AuditController } from './audit/audit.controller.js';
import { DevTokensController } from './auth/dev-tokens.controller.js';
import { DispatchChatGateway, DriverChatGateway, RiderChatGateway } from './chat/chat.gateway.js';
import { ChatDesk } from './chat/chat.service.js';
import { AsyncApiController } from './docs/asyncapi.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { DriverGateway } from './drivers/driver.gateway.js';
import { Intake } from './drivers/fix-ingest.service.js';
import { IntakeController } from './drivers/fixes.controller.js';
import { Greeting } from './drivers/reconnect-snapshot.service.js';
import { FeedController } from './feeds/feeds.controller.js';
import { FeedDesk } from './feeds/feeds.service.js';
import { IncidentsController } from './feeds/incidents.controller.js';
import { RegionNews } from './feeds/region-feed.service.js';
import { DispatchGateway } from './fleet/dispatch.gateway.js';
import { ExpensiveReads } from './fleet/expensive-reads.js';
import { FleetController } from './fleet/fleet.controller.js';
import { Sight } from './fleet/fleet-view.service.js';
import { HistoryController } from './fleet/history.controller.js';
import { Watching } from './fleet/room-subscriptions.js';
import { TrackController } from './fleet/track.controller.js';
import { StreamsController } from './http-streams/http-streams.controller.js';
import { Streams } from './http-streams/http-streams.service.js';
import { MapController } from './pages/map.controller.js';
import { countConnections, countUsers } from './presence/connection-counts.js';
import { Users } from './presence/connections.service.js';
import { HeldUsers } from './presence/local-connections.js';
import { Partners } from './presence/partner-presence.js';
import { PresenceKeeper } from './presence/presence-reaper.js';
import { UsersController } from './presence/users.controller.js';
import { RiderGateway } from './riders/rider.gateway.js';
import { Followers } from './sharing/share-streams.js';
import { ShareController, SharedController } from './sharing/sharing.controller.js';
import { ShareDesk } from './sharing/sharing.service.js';
import { Matching } from './trips/matching.js';
import { Ways } from './trips/route-estimator.js';
import { OsrmRouter } from './trips/routing/osrm-router.js';
import { DetourRouter, ROUTER } from './trips/routing/router.js';
import { SummaryController } from './trips/summary.controller.js';
import { TripAnnouncer } from './trips/trip-notifier.js';
import { TripKeeper } from './trips/trip-scheduler.js';
import { TripsController } from './trips/trips.controller.js';
import { TripDesk } from './trips/trips.service.js';

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
  const partners = new Partners(trips, presence, hub);
  const heartbeat = new Heartbeat(redis, { node, role: 'gateway' }, metrics, async () => ({
    connections: countConnections(hub.server, metrics),
    users: countUsers(held, metrics),
    lag: await appender.measureBacklog(),
  }));
  const incarnation = incarnationOf({ node, startedAt: heartbeat.startedAt });
  const held = new HeldUsers(presence, incarnation, (...written) => void partners.came(...written));
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
    [FleetQuestions, new FleetQuestions(redis)],
    [FollowLog, new FollowLog(redis)],
    [Tracks, tracks],
    [ExpensiveReads, new ExpensiveReads()],
    [AreaTracks, new AreaTracks(redis, tracks)],
    [Trips, trips],
    [PresenceStore, presence],
    [Partners, partners],
    [HeldUsers, held],
    [PresenceKeeper, new PresenceKeeper(presence, held, partners, incarnation)],
    [Links, new Links(redis)],
    [Marks, new Marks(redis)],
    [Feeds, new Feeds(redis, config.feedHours)],
    [Chats, new Chats(redis)],
    [Audit, new Audit(redis)],
    [
      ROUTER,
      config.osrmUrl === undefined
        ? new DetourRouter()
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
      StreamsController,
      FeedController,
      IntakeController,
      FleetController,
      TrackController,
      HistoryController,
      UsersController,
      SummaryController,
      ShareController,
      SharedController,
      AuditController,
      HandsController,
      MapController,
      AsyncApiController,
      DocsController,
      ...(config.demo ? [DevTokensController] : []),
    ],
    providers: [
      ...values.map(([provide, useValue]) => ({ provide, useValue })),
      Sight,
      Watching,
      Users,
      Intake,
      HandDesk,
      Greeting,
      FeedDesk,
      RegionNews,
      TripAnnouncer,
      TripDesk,
      Matching,
      Ways,
      ShareDesk,
      Followers,
      TripKeeper,
      Streams,
      DriverGateway,
      RiderGateway,
      DispatchGateway,
      ChatDesk,
      DriverChatGateway,
      RiderChatGateway,
      DispatchChatGateway,
    ],
  };
}

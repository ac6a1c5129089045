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
import { DispatchChatGateway, DriverChatGateway, RiderChatGateway } from './chat/chat.gateway.js';
import { ChatDesk } from './chat/chat-desk.js';
import { countConnections, countUsers } from './connections.js';
import { DispatchGateway } from './dispatch.gateway.js';
import { AsyncApiController } from './docs/asyncapi.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { DriverGateway } from './driver.gateway.js';
import { FeedDesk } from './feed/feed-desk.js';
import { RegionNews } from './feed/region-news.js';
import { Greeting } from './greeting.js';
import { HandDesk } from './hand-desk.js';
import { Intake } from './intake.js';
import { HeldUsers } from './presence/held-users.js';
import { Partners } from './presence/partners.js';
import { PresenceKeeper } from './presence/presence-keeper.js';
import { Users } from './presence/users.js';
import { AuditController } from './rest/audit.controller.js';
import { DevTokensController } from './rest/dev-tokens.controller.js';
import { ExpensiveReads } from './rest/expensive-reads.js';
import { FeedController } from './rest/feed.controller.js';
import { FleetController } from './rest/fleet.controller.js';
import { HandsController } from './rest/hands.controller.js';
import { HistoryController } from './rest/history.controller.js';
import { IncidentsController } from './rest/incidents.controller.js';
import { IntakeController } from './rest/intake.controller.js';
import { MapController } from './rest/map.controller.js';
import { ShareController, SharedController } from './rest/share.controller.js';
import { SummaryController } from './rest/summary.controller.js';
import { TrackController } from './rest/track.controller.js';
import { TripsController } from './rest/trips.controller.js';
import { UsersController } from './rest/users.controller.js';
import { RiderGateway } from './rider.gateway.js';
import { OsrmRouter } from './routing/osrm-router.js';
import { DetourRouter, ROUTER } from './routing/router.js';
import { Followers } from './share/followers.js';
import { ShareDesk } from './share/share-desk.js';
import { Sight } from './sight.js';
import { StreamsController } from './streams/streams.controller.js';
import { Streams } from './streams/streams.js';
import { Matching } from './trips/matching.js';
import { TripAnnouncer } from './trips/trip-announcer.js';
import { TripDesk } from './trips/trip-desk.js';
import { TripKeeper } from './trips/trip-keeper.js';
import { Ways } from './trips/ways.js';
import { Watching } from './watching.js';

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

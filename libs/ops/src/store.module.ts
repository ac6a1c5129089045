import { type DynamicModule, type FactoryProvider, Global, Module } from '@nestjs/common';
import type { Config } from '#config';
import {
  Alerts,
  AreaTracks,
  Audit,
  Chats,
  connect,
  DeclaredOffline,
  Devices,
  DriverFleets,
  DriverLogs,
  DriverProfiles,
  Erasures,
  ExpiringKeys,
  Feeds,
  FixAppender,
  FleetIndex,
  FleetQueries,
  FollowLog,
  Links,
  Nodes,
  NotificationQueue,
  openFixAppender,
  PresenceStore,
  PublishedZones,
  PushDevices,
  RaisedAlerts,
  RecentDrivers,
  type RedisClient,
  Roster,
  TrackPruner,
  Tracks,
  Trips,
  UserRateLimits,
  userDataOf,
  VapidKeys,
  ZoneDrafts,
  ZoneIndexes,
  ZoneMembers,
  ZoneQueues,
  ZoneVersions,
} from '#store';
import { Metrics } from './metrics.js';
import { logConnection, logStoreFailures } from './redis-log.js';
import { measureConnection } from './redis-metrics.js';
import { CONFIG, NODE, REDIS } from './tokens.js';

const DAY_S = 86_400;

/** Provides a store that needs the connection to Redis only. */
const store = <T>(provide: new (redis: RedisClient) => T): FactoryProvider<T> => ({
  provide,
  useFactory: (redis: RedisClient) => new provide(redis),
  inject: [REDIS],
});

const configured = <T>(
  provide: abstract new (...args: never[]) => T,
  create: (redis: RedisClient, config: Config) => T,
): FactoryProvider<T> => ({ provide, useFactory: create, inject: [REDIS, CONFIG] });

const STORES: FactoryProvider[] = [
  store(Alerts),
  store(Devices),
  store(DriverFleets),
  store(DriverProfiles),
  store(ExpiringKeys),
  store(FollowLog),
  store(Links),
  store(Nodes),
  store(NotificationQueue),
  store(PublishedZones),
  store(PushDevices),
  store(RaisedAlerts),
  store(RecentDrivers),
  store(Roster),
  store(TrackPruner),
  store(UserRateLimits),
  store(VapidKeys),
  store(ZoneDrafts),
  store(ZoneQueues),
  store(ZoneVersions),
  configured(Audit, (redis, { auditDays }) => new Audit(redis, auditDays)),
  configured(Chats, (redis, { chatDays }) => new Chats(redis, chatDays * DAY_S)),
  configured(PresenceStore, (redis, { presenceDays }) => new PresenceStore(redis, presenceDays)),
  configured(Trips, (redis, { tripDays, chatDays }) => new Trips(redis, tripDays * DAY_S, chatDays * DAY_S)),
  configured(Feeds, (redis, { feedHours }) => new Feeds(redis, feedHours)),
  {
    provide: FixAppender,
    useFactory: (redis: RedisClient, config: Config, metrics: Metrics) =>
      openFixAppender(redis, { ...config, redisUrl: config.redisUrl! }, () => metrics.storeErrors.inc()),
    inject: [REDIS, CONFIG, Metrics],
  },
  {
    provide: DriverLogs,
    useFactory: (redis: RedisClient, node: string) => new DriverLogs(redis, node),
    inject: [REDIS, NODE],
  },
  configured(FleetQueries, (redis, { silentMs }) => new FleetQueries(redis, silentMs)),
  configured(FleetIndex, (redis, config) => new FleetIndex(redis, config)),
  configured(ZoneMembers, (redis, { feedHours }) => new ZoneMembers(redis, feedHours)),
  {
    provide: ZoneIndexes,
    useFactory: (zones: PublishedZones) => new ZoneIndexes(zones),
    inject: [PublishedZones],
  },
  configured(Tracks, (redis, { trackHours }) => new Tracks(redis, trackHours)),
  {
    provide: DeclaredOffline,
    useFactory: (expiring: ExpiringKeys) => new DeclaredOffline(expiring),
    inject: [ExpiringKeys],
  },
  {
    provide: Erasures,
    useFactory: (
      redis: RedisClient,
      index: FleetIndex,
      tracks: Tracks,
      trips: Trips,
      links: Links,
      audit: Audit,
    ) => new Erasures(redis, userDataOf(redis, { index, tracks, trips, links, audit }), trips.ofUsers),
    inject: [REDIS, FleetIndex, Tracks, Trips, Links, Audit],
  },
  {
    provide: AreaTracks,
    useFactory: (redis: RedisClient, tracks: Tracks) => new AreaTracks(redis, tracks),
    inject: [REDIS, Tracks],
  },
];

/** Provides the connection for commands and every store of `#store`, which itself knows nothing of Nest. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class StoreModule {
  /** @param mode see {@link connect} */
  static forRoot(mode: 'commands' | 'pipelined'): DynamicModule {
    const redis: FactoryProvider<RedisClient> = {
      provide: REDIS,
      useFactory: (config: Config, metrics: Metrics) => {
        const client = connect(config.redisUrl!, mode, () => metrics.storeErrors.inc(), config.prefix);
        logConnection(client);
        logStoreFailures(metrics);
        measureConnection(client, 'commands', metrics);
        return client;
      },
      inject: [CONFIG, Metrics],
    };
    const providers = [redis, ...STORES];
    return { module: StoreModule, providers, exports: providers };
  }
}

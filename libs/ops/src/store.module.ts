import { type DynamicModule, type FactoryProvider, Global, Module } from '@nestjs/common';
import type { Config } from '#config';
import {
  AreaTracks,
  Audit,
  Chats,
  connect,
  DeclaredOffline,
  Devices,
  ExpiringKeys,
  Feeds,
  FixAppender,
  FleetIndex,
  FleetQueries,
  FollowLog,
  Links,
  Nodes,
  PresenceStore,
  type RedisClient,
  TrackPruner,
  Tracks,
  Trips,
} from '#store';
import { Metrics } from './metrics.js';
import { logConnection } from './redis-log.js';
import { CONFIG, REDIS } from './tokens.js';

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
  store(Audit),
  store(Chats),
  store(Devices),
  store(ExpiringKeys),
  store(FollowLog),
  store(Links),
  store(Nodes),
  store(PresenceStore),
  store(TrackPruner),
  store(Trips),
  configured(Feeds, (redis, { feedHours }) => new Feeds(redis, feedHours)),
  {
    provide: FixAppender,
    useFactory: (redis: RedisClient, config: Config, metrics: Metrics) => {
      const appending =
        config.waitReplicas === 0
          ? redis
          : connect(config.redisUrl!, 'commands', () => metrics.storeErrors.inc(), config.prefix);
      return new FixAppender(redis, config, appending);
    },
    inject: [REDIS, CONFIG, Metrics],
  },
  configured(FleetQueries, (redis, { silentMs }) => new FleetQueries(redis, silentMs)),
  configured(FleetIndex, (redis, config) => new FleetIndex(redis, config)),
  configured(Tracks, (redis, { trackHours }) => new Tracks(redis, trackHours)),
  {
    provide: DeclaredOffline,
    useFactory: (expiring: ExpiringKeys) => new DeclaredOffline(expiring),
    inject: [ExpiringKeys],
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
        return client;
      },
      inject: [CONFIG, Metrics],
    };
    const providers = [redis, ...STORES];
    return { module: StoreModule, providers, exports: providers };
  }
}

import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Heartbeat, Metrics, NODE, OpsController, REDIS } from '#ops';
import { connect, FixAppender, FleetIndex, type RedisClient } from '#store';

/** Provides the configuration, Redis, the stores, metrics and the heartbeat; serves health, readiness and metrics. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class InfrastructureModule {
  static forRoot(config: Config, node: string): DynamicModule {
    return {
      module: InfrastructureModule,
      controllers: [OpsController],
      providers: [
        { provide: CONFIG, useFactory: () => config },
        { provide: NODE, useFactory: () => node },
        { provide: Metrics, useFactory: () => new Metrics(node) },
        {
          provide: REDIS,
          useFactory: (metrics: Metrics) =>
            connect(config.redisUrl!, 'pipelined', () => metrics.storeErrors.inc()),
          inject: [Metrics],
        },
        {
          provide: FleetIndex,
          useFactory: (redis: RedisClient) => new FleetIndex(redis, config),
          inject: [REDIS],
        },
        {
          provide: FixAppender,
          useFactory: (redis: RedisClient) => new FixAppender(redis, config),
          inject: [REDIS],
        },
        { provide: Heartbeat, useFactory: heartbeat, inject: [REDIS, NODE, Metrics, FixAppender] },
      ],
      exports: [CONFIG, NODE, REDIS, Metrics, FleetIndex, Heartbeat],
    };
  }
}

function heartbeat(redis: RedisClient, node: string, metrics: Metrics, appender: FixAppender): Heartbeat {
  return new Heartbeat(redis, { node, role: 'processor' }, metrics, async () => {
    const lag = await appender.measureBacklog();
    metrics.backlog.set(lag);
    return { connections: { driver: 0, rider: 0, dispatch: 0 }, users: 0, lag };
  });
}

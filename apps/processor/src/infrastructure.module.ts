import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#config';
import { ConfigModule, Heartbeat, Metrics, OpsModule, StoreModule } from '#ops';
import { FixAppender } from '#store';

/** Imports configuration, stores, metrics and health, and adds the backlog to the heartbeat. */
@Module({})
export class InfrastructureModule {
  constructor(heartbeat: Heartbeat, metrics: Metrics, appender: FixAppender) {
    heartbeat.include('lag', async () => {
      const lag = await appender.measureBacklog();
      metrics.backlog.set(lag);
      return lag;
    });
  }

  static forRoot(config: Config, node: string): DynamicModule {
    return {
      module: InfrastructureModule,
      imports: [
        ConfigModule.forRoot(config, node),
        StoreModule.forRoot('pipelined'),
        OpsModule.forRoot('processor'),
      ],
    };
  }
}

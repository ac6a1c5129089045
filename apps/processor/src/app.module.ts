import { createHash } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { Server } from 'socket.io';
import type { Config } from '#config';
import { ConfigModule, Heartbeat, Metrics, OpsModule, StoreModule } from '#ops';
import { Hub, Pseudonyms, Tokens } from '#realtime';
import { FixAppender, FleetIndex, FollowLog } from '#store';
import { CellBroadcaster } from './broadcast/cell-broadcaster.js';
import { DriverBroadcaster } from './broadcast/driver-broadcaster.js';
import { FollowedDrivers } from './broadcast/followed-drivers.js';
import { PartitionRunner } from './pipeline/partition-runner.js';
import { Processor } from './pipeline/processor.js';
import { SamplingController } from './sampling/sampling-controller.js';
import { Sweeper } from './sweep/sweeper.js';

@Module({})
class ProcessorModule {
  constructor(heartbeat: Heartbeat, metrics: Metrics, appender: FixAppender) {
    heartbeat.include('lag', async () => {
      const lag = await appender.measureBacklog();
      metrics.backlog.set(lag);
      return lag;
    });
  }
}

/** The processor: infrastructure, and the classes of this process. */
export function processorModule(config: Config, node: string): DynamicModule {
  return {
    module: ProcessorModule,
    imports: [
      ConfigModule.forRoot(config, node),
      StoreModule.forRoot('pipelined'),
      OpsModule.forRoot('processor'),
    ],
    providers: [
      {
        provide: Hub,
        useFactory: (metrics: Metrics) => {
          const hub = new Hub(config.redisUrl!, () => metrics.storeErrors.inc());
          // A Socket.IO server without an HTTP server: it has no clients, and emits to rooms of other nodes.
          hub.attach(new Server({ adapter: hub.adapter }));
          return hub;
        },
        inject: [Metrics],
      },
      {
        provide: FollowedDrivers,
        useFactory: (hub: Hub, log: FollowLog) => new FollowedDrivers(hub, log),
        inject: [Hub, FollowLog],
      },
      {
        provide: SamplingController,
        useFactory: (hub: Hub, log: FollowLog) => new SamplingController(hub, log, config.silentMs),
        inject: [Hub, FollowLog],
      },
      {
        provide: DriverBroadcaster,
        useFactory: (hub: Hub, followed: FollowedDrivers, sampling: SamplingController) =>
          new DriverBroadcaster(hub, followed, sampling),
        inject: [Hub, FollowedDrivers, SamplingController],
      },
      {
        provide: CellBroadcaster,
        useFactory: (hub: Hub) => new CellBroadcaster(hub, new Pseudonyms(new Tokens(config.jwtSecret!))),
        inject: [Hub],
      },
      {
        provide: Processor,
        useFactory: (
          index: FleetIndex,
          driverBroadcaster: DriverBroadcaster,
          cellBroadcaster: CellBroadcaster,
          metrics: Metrics,
        ) => new Processor(index, driverBroadcaster, cellBroadcaster, metrics, tagOf(node)),
        inject: [FleetIndex, DriverBroadcaster, CellBroadcaster, Metrics],
      },
      {
        provide: Sweeper,
        useFactory: (index: FleetIndex, processor: Processor) =>
          new Sweeper(index, processor, config.silentMs),
        inject: [FleetIndex, Processor],
      },
      PartitionRunner,
    ],
  };
}

/** Names differ, so their hashes do, but for one pair in a thousand; then versions fall back on the clock. */
const tagOf = (node: string): number => createHash('md5').update(node).digest().readUInt32LE(0) % 1_000;

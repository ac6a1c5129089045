import { createHash } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { Server } from 'socket.io';
import type { Config } from '#config';
import { CONFIG, Heartbeat, Metrics, NODE, OpsController, REDIS } from '#ops';
import { Hub, Pseudonyms, Tokens } from '#realtime';
import { connect, FixAppender, FleetIndex, FollowLog, type RedisClient } from '#store';
import { CellBroadcaster } from './broadcast/cell-broadcaster.js';
import { DriverBroadcaster } from './broadcast/driver-broadcaster.js';
import { FollowedDrivers } from './broadcast/followed-drivers.js';
import { PartitionRunner } from './pipeline/partition-runner.js';
import { Processor } from './pipeline/processor.js';
import { SamplingController } from './sampling/sampling-controller.js';
import { Sweeper } from './sweep/sweeper.js';

@Module({})
class ProcessorModule {}

/** Wires the classes of this process. */
export function processorModule(config: Config, node: string): DynamicModule {
  const metrics = new Metrics(node);
  const onError = () => metrics.storeErrors.inc();
  const redis = connect(config.redisUrl!, 'pipelined', onError);
  const index = new FleetIndex(redis, config);
  const hub = new Hub(config.redisUrl!, onError);
  // A Socket.IO server without an HTTP server: it has no clients of its own and speaks into rooms of other nodes.
  hub.attach(new Server({ adapter: hub.adapter }));
  const followers = new FollowedDrivers(hub, new FollowLog(redis));
  const sampler = new SamplingController(hub, new FollowLog(redis), config.silentMs);
  return {
    module: ProcessorModule,
    controllers: [OpsController],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: NODE, useValue: node },
      { provide: REDIS, useValue: redis },
      { provide: Metrics, useValue: metrics },
      { provide: FleetIndex, useValue: index },
      { provide: DriverBroadcaster, useValue: new DriverBroadcaster(hub, followers, sampler) },
      { provide: SamplingController, useValue: sampler },
      {
        provide: CellBroadcaster,
        useValue: new CellBroadcaster(hub, new Pseudonyms(new Tokens(config.jwtSecret!))),
      },
      {
        provide: Processor,
        useFactory: (driverBroadcaster: DriverBroadcaster, cellBroadcaster: CellBroadcaster) =>
          new Processor(index, driverBroadcaster, cellBroadcaster, metrics, tagOf(node)),
        inject: [DriverBroadcaster, CellBroadcaster],
      },
      {
        provide: Sweeper,
        useFactory: (processor: Processor) => new Sweeper(index, processor, config.silentMs),
        inject: [Processor],
      },
      PartitionRunner,
      { provide: Heartbeat, useValue: heartbeat(config, node, redis, metrics) },
    ],
  };
}

function heartbeat(config: Config, node: string, redis: RedisClient, metrics: Metrics): Heartbeat {
  const stream = new FixAppender(redis, config);
  return new Heartbeat(redis, { node, role: 'processor' }, metrics, async () => {
    const lag = await stream.measureBacklog();
    metrics.backlog.set(lag);
    return { connections: { driver: 0, rider: 0, dispatch: 0 }, users: 0, lag };
  });
}

/** Names differ, so their hashes do, but for one pair in a thousand; then versions fall back on the clock. */
const tagOf = (node: string): number => createHash('md5').update(node).digest().readUInt32LE(0) % 1_000;

import { Module } from '@nestjs/common';
import { REDIS } from '#ops';
import { Hub } from '#realtime';
import { FollowLog, type RedisClient } from '#store';
import { SamplingModule } from '../sampling/sampling.module.js';
import { CellBroadcaster } from './cell-broadcaster.js';
import { DriverBroadcaster } from './driver-broadcaster.js';
import { FollowedDrivers } from './followed-drivers.js';

@Module({
  imports: [SamplingModule],
  providers: [
    {
      provide: FollowedDrivers,
      // A log of its own: each reader of the log continues from its own position.
      useFactory: (hub: Hub, redis: RedisClient) => new FollowedDrivers(hub, new FollowLog(redis), redis),
      inject: [Hub, REDIS],
    },
    DriverBroadcaster,
    CellBroadcaster,
  ],
  exports: [DriverBroadcaster, CellBroadcaster],
})
export class BroadcastModule {}

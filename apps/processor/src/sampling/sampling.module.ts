import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, REDIS } from '#ops';
import { Hub } from '#realtime';
import { FollowLog, type RedisClient } from '#store';
import { SamplingController } from './sampling-controller.js';

@Module({
  providers: [
    {
      provide: SamplingController,
      // A log of its own: each reader of the log continues from its own position.
      useFactory: (hub: Hub, redis: RedisClient, { silentMs }: Config) =>
        new SamplingController(hub, new FollowLog(redis), silentMs),
      inject: [Hub, REDIS, CONFIG],
    },
  ],
  exports: [SamplingController],
})
export class SamplingModule {}

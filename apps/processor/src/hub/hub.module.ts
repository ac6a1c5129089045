import { Global, Module } from '@nestjs/common';
import { Server } from 'socket.io';
import type { Config } from '#config';
import { CONFIG, Metrics } from '#ops';
import { Hub } from '#realtime';

/** Provides rooms across all nodes. */
@Global()
@Module({
  providers: [
    {
      provide: Hub,
      useFactory: ({ redisUrl, prefix }: Config, metrics: Metrics) => {
        const hub = new Hub(redisUrl!, () => metrics.storeErrors.inc(), prefix);
        // A Socket.IO server without an HTTP server: it has no clients and emits to rooms of other nodes.
        hub.attach(new Server({ adapter: hub.adapter }));
        return hub;
      },
      inject: [CONFIG, Metrics],
    },
  ],
  exports: [Hub],
})
export class HubModule {}

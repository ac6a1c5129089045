import { Global, Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics } from '#ops';
import { Hub, Pseudonyms, Tokens } from '#realtime';

import { ServiceStateNotifier } from './service-state.js';

/** Provides rooms across all nodes, tokens, and the pseudonyms under which riders see drivers. */
@Global()
@Module({
  providers: [
    {
      provide: Hub,
      useFactory: ({ redisUrl }: Config, metrics: Metrics) => {
        const hub = new Hub(redisUrl!, () => metrics.storeErrors.inc());
        hub.onReceived((room) => metrics.received.inc({ room }));
        return hub;
      },
      inject: [CONFIG, Metrics],
    },
    ServiceStateNotifier,
    { provide: Tokens, useFactory: ({ jwtSecret }: Config) => new Tokens(jwtSecret!), inject: [CONFIG] },
    { provide: Pseudonyms, useFactory: (tokens: Tokens) => new Pseudonyms(tokens), inject: [Tokens] },
  ],
  exports: [Hub, Tokens, Pseudonyms],
})
export class RealtimeModule {}

import { Global, Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics } from '#ops';
import { Hub, hkdfKey, Pseudonyms, type SendQueueOptions, Tokens } from '#realtime';
import { ResyncService } from './resync.service.js';
import { ServiceStateNotifier } from './service-state.js';
import { TokenKeysService } from './token-keys.service.js';

/** Injects the {@link SendQueueOptions} of every connection and event stream. */
export const SEND_QUEUE = Symbol('SEND_QUEUE');

/** Provides rooms across all nodes, tokens, and the pseudonyms under which riders see drivers. */
@Global()
@Module({
  providers: [
    {
      provide: Hub,
      useFactory: ({ redisUrl, prefix }: Config, metrics: Metrics) => {
        const hub = new Hub(redisUrl!, () => metrics.storeErrors.inc(), prefix);
        hub.onReceived((room) => metrics.received.inc({ room }));
        return hub;
      },
      inject: [CONFIG, Metrics],
    },
    ResyncService,
    {
      provide: SEND_QUEUE,
      useFactory: ({ maxWaitingBytes }: Config, metrics: Metrics): SendQueueOptions => ({
        maxWaitingBytes,
        onSlowReader: (transport) => metrics.slowReaders.inc({ transport }),
      }),
      inject: [CONFIG, Metrics],
    },
    ServiceStateNotifier,
    TokenKeysService,
    {
      provide: Tokens,
      useFactory: ({ policy }: TokenKeysService) => new Tokens(policy),
      inject: [TokenKeysService],
    },
    {
      provide: Pseudonyms,
      // A key of its own, so that whoever learns it can sign nothing.
      useFactory: ({ pseudonymKey, installationSecret, jwtSecret }: Config) =>
        new Pseudonyms(hkdfKey((pseudonymKey ?? installationSecret ?? jwtSecret)!, 'hexfleet pseudonyms')),
      inject: [CONFIG],
    },
  ],
  exports: [Hub, Tokens, TokenKeysService, Pseudonyms, SEND_QUEUE, ServiceStateNotifier],
})
export class RealtimeModule {}

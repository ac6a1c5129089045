import { Module } from '@nestjs/common';
import { Heartbeat, Metrics, NODE } from '#ops';
import { NAMESPACES, type Namespace } from '#protocol';
import { Hub } from '#realtime';
import { PresenceStore, runIdOf } from '#store';
import { AuditModule } from '../audit/audit.module.js';
import { TripEventsModule } from '../trips/trip-events.module.js';
import { ConnectionsService } from './connections.service.js';
import { LocalConnections } from './local-connections.js';
import { PartnerPresence } from './partner-presence.js';
import { PresenceReaper } from './presence-reaper.js';
import { RUN_ID } from './run-id.js';
import { UserDisconnects } from './user-disconnects.js';
import { UsersController } from './users.controller.js';

@Module({
  imports: [AuditModule, TripEventsModule],
  controllers: [UsersController],
  providers: [
    {
      provide: RUN_ID,
      useFactory: (node: string, { startedAt }: Heartbeat) => runIdOf({ node, startedAt }),
      inject: [NODE, Heartbeat],
    },
    {
      provide: LocalConnections,
      useFactory: (store: PresenceStore, runId: string, partners: PartnerPresence) =>
        new LocalConnections(store, runId, (...written) => void partners.connected(...written)),
      inject: [PresenceStore, RUN_ID, PartnerPresence],
    },
    PartnerPresence,
    PresenceReaper,
    ConnectionsService,
    UserDisconnects,
  ],
  exports: [ConnectionsService, PartnerPresence],
})
export class PresenceModule {
  constructor(heartbeat: Heartbeat, metrics: Metrics, hub: Hub, connections: LocalConnections) {
    heartbeat.include('users', () => {
      metrics.users.set(connections.count);
      return connections.count;
    });
    heartbeat.include('connections', () => {
      const count = (namespace: Namespace) => hub.socketCount(namespace);
      for (const namespace of NAMESPACES) metrics.connections.set({ namespace }, count(namespace));
      return { driver: count('/driver'), rider: count('/rider'), dispatch: count('/dispatch') };
    });
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#config';
import { ConfigModule, OpsModule, StoreModule } from '#ops';
import { ActionsModule } from './actions/actions.module.js';
import { AlertsModule } from './alerts/alerts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { DevTokensModule } from './auth/dev-tokens.module.js';
import { BoardModule } from './board/board.module.js';
import { ChatModule } from './chat/chat.module.js';
import { DocsModule } from './docs/docs.module.js';
import { DrainModule } from './drain/drain.module.js';
import { DriversModule } from './drivers/drivers.module.js';
import { FeedsModule } from './feeds/feeds.module.js';
import { DispatchModule } from './fleet/dispatch.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { HttpStreamsModule } from './http-streams/http-streams.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { QueuesModule } from './queues/queues.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { RidersModule } from './riders/riders.module.js';
import { SharingModule } from './sharing/sharing.module.js';
import { TripsModule } from './trips/trips.module.js';
import { UserDataModule } from './user-data/user-data.module.js';
import { ZonesModule } from './zones/zones.module.js';

const INFRASTRUCTURE = [
  StoreModule.forRoot('commands'),
  OpsModule.forRoot('gateway'),
  MetricsModule,
  RealtimeModule,
];

const FEATURES = [
  AuthModule,
  AuditModule,
  DriversModule,
  RidersModule,
  DispatchModule,
  FleetModule,
  TripsModule,
  PresenceModule,
  ChatModule,
  FeedsModule,
  SharingModule,
  ActionsModule,
  UserDataModule,
  ZonesModule,
  QueuesModule,
  ProfilesModule,
  AlertsModule,
  NotificationsModule,
  BoardModule,
  HttpStreamsModule,
  PagesModule,
  DocsModule,
  DrainModule,
];

/** The gateway: infrastructure and one module per feature. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's pattern for a module with parameters
export class AppModule {
  static forRoot(config: Config, node: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config, node),
        ...INFRASTRUCTURE,
        ...FEATURES,
        ...(config.demo ? [DevTokensModule] : []),
      ],
    };
  }
}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { TripsModule } from '../trips/trips.module.js';
import { DispatchGateway } from './dispatch.gateway.js';
import { FleetModule } from './fleet.module.js';

/** Separate from {@link FleetModule}, because dispatch also watches trips, and trips need the fleet. */
@Module({
  imports: [AuditModule, FeedsModule, FleetModule, PresenceModule, TripsModule],
  providers: [DispatchGateway],
})
export class DispatchModule {}

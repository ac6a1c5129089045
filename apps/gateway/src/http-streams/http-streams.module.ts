import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { DriversModule } from '../drivers/drivers.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { TripsModule } from '../trips/trips.module.js';
import { ClockController } from './clock.controller.js';
import { HttpStreamsController } from './http-streams.controller.js';
import { HttpStreamsService } from './http-streams.service.js';

@Module({
  imports: [AlertsModule, AuditModule, DriversModule, FeedsModule, FleetModule, PresenceModule, TripsModule],
  controllers: [ClockController, HttpStreamsController],
  providers: [HttpStreamsService],
})
export class HttpStreamsModule {}

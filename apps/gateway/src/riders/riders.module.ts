import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RiderGateway } from './rider.gateway.js';
import { RiderTrips } from './rider-trips.js';

@Module({
  imports: [AlertsModule, FeedsModule, FleetModule, PresenceModule],
  providers: [RiderGateway, RiderTrips],
})
export class RidersModule {}

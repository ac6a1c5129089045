import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { AlertDelivery } from './alert-delivery.js';
import { AlertReachNotifier } from './alert-reach.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsService } from './alerts.service.js';
import { DriverPositions } from './driver-positions.js';
import { RiderPlaces } from './rider-places.js';

@Module({
  imports: [AuditModule, FeedsModule, FleetModule, QueuesModule],
  controllers: [AlertsController],
  providers: [AlertDelivery, AlertReachNotifier, AlertsService, DriverPositions, RiderPlaces],
  exports: [RiderPlaces],
})
export class AlertsModule {}

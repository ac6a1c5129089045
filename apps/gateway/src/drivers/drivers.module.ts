import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { TripsModule } from '../trips/trips.module.js';
import { DriverGateway } from './driver.gateway.js';
import { DriverDevices } from './driver-devices.js';
import { DriverLogController } from './driver-log.controller.js';
import { FixIngestService } from './fix-ingest.service.js';
import { FixesController } from './fixes.controller.js';
import { ReconnectSnapshotService } from './reconnect-snapshot.service.js';

@Module({
  imports: [AuditModule, FeedsModule, PresenceModule, TripsModule],
  controllers: [FixesController, DriverLogController],
  providers: [DriverDevices, DriverGateway, FixIngestService, ReconnectSnapshotService],
  exports: [FixIngestService, ReconnectSnapshotService],
})
export class DriversModule {}

import { Module } from '@nestjs/common';
import { FeedsModule } from '../feeds/feeds.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { TripsModule } from '../trips/trips.module.js';
import { DriverGateway } from './driver.gateway.js';
import { DriverDevices } from './driver-devices.js';
import { FixIngestService } from './fix-ingest.service.js';
import { FixesController } from './fixes.controller.js';
import { ReconnectSnapshotService } from './reconnect-snapshot.service.js';

@Module({
  imports: [FeedsModule, PresenceModule, TripsModule],
  controllers: [FixesController],
  providers: [DriverDevices, DriverGateway, FixIngestService, ReconnectSnapshotService],
  exports: [FixIngestService, ReconnectSnapshotService],
})
export class DriversModule {}

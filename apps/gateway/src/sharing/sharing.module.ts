import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { TripsModule } from '../trips/trips.module.js';
import { ShareStreams } from './share-streams.js';
import { SharedController, SharingController } from './sharing.controller.js';
import { SharingService } from './sharing.service.js';

@Module({
  imports: [AuditModule, FleetModule, TripsModule],
  controllers: [SharingController, SharedController],
  providers: [SharingService, ShareStreams],
})
export class SharingModule {}

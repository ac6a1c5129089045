import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DriversModule } from '../drivers/drivers.module.js';
import { FleetModule } from '../fleet/fleet.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { ErasureScheduler } from './erasure-scheduler.js';
import { UserDataController } from './user-data.controller.js';
import { UserDataService } from './user-data.service.js';

@Module({
  imports: [AuditModule, DriversModule, FleetModule, PresenceModule],
  controllers: [UserDataController],
  providers: [ErasureScheduler, UserDataService],
})
export class UserDataModule {}

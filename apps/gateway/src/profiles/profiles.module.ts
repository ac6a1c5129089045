import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DriverProfilesController } from './driver-profiles.controller.js';
import { OfferedClasses } from './offered-classes.js';
import { ServiceController } from './service.controller.js';

/** Profiles of drivers, and what the service offers at a place. */
@Module({
  imports: [AuditModule],
  controllers: [DriverProfilesController, ServiceController],
  providers: [OfferedClasses],
})
export class ProfilesModule {}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { DriversModule } from '../drivers/drivers.module.js';
import { FeedsModule } from '../feeds/feeds.module.js';
import { TripsModule } from '../trips/trips.module.js';
import { DispatchActionsController } from './dispatch-actions.controller.js';
import { DispatchActionsService } from './dispatch-actions.service.js';

@Module({
  imports: [AuditModule, DriversModule, FeedsModule, TripsModule],
  controllers: [DispatchActionsController],
  providers: [DispatchActionsService],
})
export class ActionsModule {}

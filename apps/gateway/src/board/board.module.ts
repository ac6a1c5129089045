import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { QueuesModule } from '../queues/queues.module.js';
import { AlertedStays } from './alerted-stays.js';
import { BoardGateway } from './board.gateway.js';
import { BoardAlertsService } from './board-alerts.service.js';
import { FleetRosterService } from './fleet-roster.service.js';
import { TripHistoryService } from './trip-history.service.js';

/** Search, alerts and past trips of the whole fleet, for boards. */
@Module({
  imports: [AuditModule, QueuesModule],
  providers: [AlertedStays, BoardAlertsService, BoardGateway, FleetRosterService, TripHistoryService],
  exports: [FleetRosterService],
})
export class BoardModule {}

import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BoardModule } from '../board/board.module.js';
import { ExpensiveReads } from './expensive-reads.js';
import { FleetController } from './fleet.controller.js';
import { FleetViewService } from './fleet-view.service.js';
import { GridCars } from './grid-cars.js';
import { HistoryController } from './history.controller.js';
import { NearbyFrames } from './nearby-frames.js';
import { RoomSubscriptions } from './room-subscriptions.js';
import { TrackController } from './track.controller.js';
import { ViewportSubscription } from './viewport-subscription.js';

@Module({
  imports: [AuditModule, BoardModule],
  controllers: [FleetController, TrackController, HistoryController],
  providers: [
    FleetViewService,
    GridCars,
    NearbyFrames,
    RoomSubscriptions,
    ViewportSubscription,
    ExpensiveReads,
  ],
  exports: [FleetViewService, NearbyFrames, RoomSubscriptions, ViewportSubscription, ExpensiveReads],
})
export class FleetModule {}

import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { TripEventsModule } from '../trips/trip-events.module.js';
import { FeedController } from './feeds.controller.js';
import { FeedsService } from './feeds.service.js';
import { IncidentsController } from './incidents.controller.js';
import { RegionFeedService } from './region-feed.service.js';

@Module({
  imports: [TripEventsModule, NotificationsModule],
  controllers: [FeedController, IncidentsController],
  providers: [FeedsService, RegionFeedService],
  exports: [FeedsService, RegionFeedService],
})
export class FeedsModule {}

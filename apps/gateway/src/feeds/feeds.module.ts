import { Module } from '@nestjs/common';
import { TripEventsModule } from '../trips/trip-events.module.js';
import { FeedController } from './feeds.controller.js';
import { FeedsService } from './feeds.service.js';
import { IncidentsController } from './incidents.controller.js';
import { RegionFeedService } from './region-feed.service.js';

@Module({
  imports: [TripEventsModule],
  controllers: [FeedController, IncidentsController],
  providers: [FeedsService, RegionFeedService],
  exports: [FeedsService, RegionFeedService],
})
export class FeedsModule {}

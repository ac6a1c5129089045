import { Controller, Get, Query } from '@nestjs/common';
import { type FeedPart, FeedResume } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { FeedsService } from './feeds.service.js';

/** Serves `feed:resume` of riders and drivers to clients without a socket. */
@Guarded()
@Controller('feed')
export class FeedController {
  constructor(private readonly feeds: FeedsService) {}

  @Get()
  @For('rider', 'driver')
  since(
    @Caller() { role, userId }: Identity,
    @Query(new ZodPipe(FeedResume)) { after }: FeedResume,
  ): Promise<FeedPart> {
    return this.feeds.resume(`${role as 'rider' | 'driver'}:${userId}`, after ?? null);
  }
}

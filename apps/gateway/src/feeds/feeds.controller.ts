import { Controller, Get, Query } from '@nestjs/common';
import { type FeedPart, FeedResume } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { FeedDesk } from './feeds.service.js';

/** What riders and drivers ask with `feed:resume`, for who has no socket. */
@Guarded()
@Controller('feed')
export class FeedController {
  constructor(private readonly feed: FeedDesk) {}

  @Get()
  @For('rider', 'driver')
  since(
    @Caller() { role, userId }: Identity,
    @Query(parsed(FeedResume)) { after }: FeedResume,
  ): Promise<FeedPart> {
    return this.feed.resume(`${role as 'rider' | 'driver'}:${userId}`, after ?? null);
  }
}

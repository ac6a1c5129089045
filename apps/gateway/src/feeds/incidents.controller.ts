import { Body, Controller, Post } from '@nestjs/common';
import { IdempotencyKey, type Incident, IncidentReport } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { Caller, For, Guarded, IdempotencyKeyHeader } from '../auth/roles.guard.js';
import { TripsService } from '../trips/trips.service.js';
import { RegionFeedService } from './region-feed.service.js';

@Guarded()
@Controller('incidents')
export class IncidentsController {
  constructor(
    private readonly regionFeed: RegionFeedService,
    private readonly tripsService: TripsService,
  ) {}

  @Post()
  @For('driver', 'rider', 'dispatcher', 'service')
  async report(
    @Caller() caller: Identity,
    @Body(new ZodPipe(IncidentReport)) report: IncidentReport,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<Incident> {
    // Nobody reports of a trip that is not theirs.
    if (report.tripId !== undefined) await this.tripsService.get(caller, report.tripId);
    return this.regionFeed.incident(caller, report, key);
  }
}

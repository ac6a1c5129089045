import { Body, Controller, Post } from '@nestjs/common';
import { IdempotencyKey, type Incident, IncidentReport, ProtocolError } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { orUnavailable, Trips } from '#store';
import { assertMaySee } from '#trips';
import { Caller, For, Guarded, IdempotencyKeyHeader, InScope } from '../auth/roles.guard.js';
import { coversPlace } from '../auth/scope.service.js';
import { RegionFeedService } from './region-feed.service.js';

@Guarded()
@Controller('incidents')
export class IncidentsController {
  constructor(
    private readonly regionFeed: RegionFeedService,
    private readonly trips: Trips,
  ) {}

  @Post()
  @InScope('own')
  @For('driver', 'rider', 'dispatcher', 'service')
  async report(
    @Caller() caller: Identity,
    @Body(new ZodPipe(IncidentReport)) report: IncidentReport,
    @IdempotencyKeyHeader(new ZodPipe(IdempotencyKey)) key?: string,
  ): Promise<Incident> {
    if (!coversPlace(caller, report)) throw new ProtocolError('NOT_IN_SCOPE');
    // A report may name only a trip that the caller may see.
    if (report.tripId !== undefined) assertMaySee(await orUnavailable(this.trips.get(report.tripId)), caller);
    return this.regionFeed.incident(caller, report, key);
  }
}

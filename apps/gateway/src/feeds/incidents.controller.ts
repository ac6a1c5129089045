import { Body, Controller, Post } from '@nestjs/common';
import { IdempotencyKey, type Incident, IncidentReport } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { Caller, For, Guarded, Key } from '../auth/roles.guard.js';
import { TripDesk } from '../trips/trips.service.js';
import { RegionNews } from './region-feed.service.js';

@Guarded()
@Controller('incidents')
export class IncidentsController {
  constructor(
    private readonly news: RegionNews,
    private readonly desk: TripDesk,
  ) {}

  @Post()
  @For('driver', 'rider', 'dispatcher', 'service')
  async report(
    @Caller() caller: Identity,
    @Body(parsed(IncidentReport)) report: IncidentReport,
    @Key(parsed(IdempotencyKey)) key?: string,
  ): Promise<Incident> {
    // Nobody reports of a trip that is not theirs.
    if (report.tripId !== undefined) await this.desk.get(caller, report.tripId);
    return this.news.incident(caller, report, key);
  }
}

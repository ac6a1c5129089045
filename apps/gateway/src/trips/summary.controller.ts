import { Controller, Get, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Id, MAX_TRACK_FIXES, type Span, type TripSummary } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { clock, orUnavailable, type TrackFix, Tracks } from '#store';
import { partsOf } from '#trips';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { ExpensiveReads } from '../fleet/expensive-reads.js';
import { sendTexts } from '../fleet/send-texts.js';
import { geoJsonOf } from '../fleet/track-formats.js';
import { TripsService } from './trips.service.js';

const HEADERS = { 'content-type': 'application/json; charset=utf-8' };

@Guarded()
@Controller('trips')
export class SummaryController {
  constructor(
    private readonly tripsService: TripsService,
    private readonly tracks: Tracks,
    private readonly reads: ExpensiveReads,
    private readonly audit: AuditService,
  ) {}

  /** Returns the `TripSummary` of a closed trip, to its parties and dispatch. */
  @Get(':id/summary')
  @InScope('own')
  @For('service', 'dispatcher', 'driver', 'rider')
  async summary(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const trip = await this.tripsService.get(caller, id);
    await this.audit.view(caller, 'track:view', { tripId: id });
    const { ride, ...times } = partsOf(trip);
    if (ride === null) {
      response.json({ trip, distanceM: 0, ...times, track: null } satisfies TripSummary);
      return;
    }
    const known = { trip, ...times };
    await this.reads.run(caller, () =>
      sendTexts(response, HEADERS, (signal) => this.#texts(known, trip.driverId!, ride, signal)),
    );
  }

  async *#texts(
    known: Omit<TripSummary, 'distanceM' | 'track'>,
    driverId: string,
    ride: Span,
    signal: AbortSignal,
  ) {
    const now = clock.now();
    const pages = await orUnavailable(this.tracks.open(driverId, ride, { now, signal }));
    yield `${JSON.stringify(known).slice(0, -1)},"track":`;
    const { distanceM, truncated } = yield* geoJsonOf(driverId, ride, pages ?? nothing(), MAX_TRACK_FIXES);
    // A track whose beginning has expired would make the distance too short.
    const isWhole = ride.from >= this.tracks.keptFrom(now) && !truncated;
    yield `,"distanceM":${isWhole ? distanceM : null}}`;
  }
}

async function* nothing(): AsyncGenerator<TrackFix[]> {}

import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Id, ProtocolError, type Span, spanOf, TrackQuery, type Trip } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { clock, orUnavailable, Tracks, Trips } from '#store';
import { AuditService } from '../audit/audit.service.js';
import { Caller, Costs, For, Guarded, InScope } from '../auth/roles.guard.js';
import { ExpensiveReads } from './expensive-reads.js';
import { sendTexts } from './send-texts.js';
import { geoJsonOf, gpxFileName, gpxOf } from './track-formats.js';

const GEOJSON = 'application/geo+json';
const GPX = 'application/gpx+xml';

type Format = 'geojson' | 'gpx';

const headersOf = (format: Format, driverId: string): Record<string, string> =>
  format === 'geojson'
    ? { 'content-type': GEOJSON }
    : { 'content-type': GPX, 'content-disposition': `attachment; filename="${gpxFileName(driverId)}"` };

@Guarded()
@Controller('drivers')
export class TrackController {
  constructor(
    private readonly tracks: Tracks,
    private readonly trips: Trips,
    private readonly reads: ExpensiveReads,
    private readonly audit: AuditService,
  ) {}

  @Get(':id/track')
  @InScope('driver')
  @Costs(5)
  @For('service', 'dispatcher', 'rider', 'driver')
  async track(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Query(new ZodPipe(TrackQuery)) query: TrackQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const trip = await this.#tripOf(caller, id, query.tripId);
    await this.audit.view(caller, 'track:view', { userId: id });
    const span = spanOf(query, trip, clock.now());
    const format = query.format ?? (request.accepts(GEOJSON, GPX) === GPX ? 'gpx' : 'geojson');
    response.vary('accept');
    await this.reads.run(caller, () =>
      sendTexts(response, headersOf(format, id), (signal) =>
        this.#texts(id, span, format, query.limit, signal),
      ),
    );
  }

  async *#texts(id: string, span: Span, format: Format, limit: number, signal: AbortSignal) {
    const pages = await orUnavailable(this.tracks.open(id, span, { signal }));
    if (pages === null) throw new ProtocolError('NO_SUCH_DRIVER');
    yield* format === 'gpx' ? gpxOf(id, pages) : geoJsonOf(id, span, pages, limit);
  }

  /**
   * Returns the trip that limits what the caller may see. Riders may read tracks of their trips, drivers their own.
   * @throws {ProtocolError} WRONG_ROLE, NO_SUCH_TRIP, NOT_YOUR_TRIP
   */
  async #tripOf({ role, userId }: Identity, driverId: string, tripId?: string): Promise<Trip | null> {
    if (role === 'driver' && userId !== driverId) throw new ProtocolError('WRONG_ROLE');
    if (role === 'rider' && tripId === undefined)
      throw new ProtocolError('NOT_YOUR_TRIP', 'tripId is missing');
    if (tripId === undefined) return null;
    const trip = await orUnavailable(this.trips.get(tripId));
    const isRiders = role !== 'rider' || trip.riderId === userId;
    if (trip.driverId !== driverId || !isRiders) throw new ProtocolError('NOT_YOUR_TRIP');
    return trip;
  }
}

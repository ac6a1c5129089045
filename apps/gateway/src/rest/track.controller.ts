import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Id, Refusal, spanOf, type Track, TrackQuery, type Trip } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { orUnavailable, Tracks, Trips } from '#store';
import { Caller, For, Guarded } from './auth.js';
import { gpxFileName, trackGeoJson, trackGpx } from './track-formats.js';

const GEOJSON = 'application/geo+json';
const GPX = 'application/gpx+xml';

@Guarded()
@Controller('drivers')
export class TrackController {
  constructor(
    private readonly tracks: Tracks,
    private readonly trips: Trips,
  ) {}

  @Get(':id/track')
  @For('service', 'dispatcher', 'rider', 'driver')
  async track(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Query(parsed(TrackQuery)) query: TrackQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Track | string> {
    const trip = await this.#tripOf(caller, id, query.tripId);
    const span = spanOf(query, trip, Date.now());
    const part = await orUnavailable(this.tracks.read(id, span));
    if (part === null) throw new Refusal('NO_SUCH_DRIVER');
    response.vary('accept');
    const format = query.format ?? (request.accepts(GEOJSON, GPX) === GPX ? 'gpx' : 'geojson');
    if (format === 'geojson') {
      response.type(GEOJSON);
      return trackGeoJson(id, span, part);
    }
    response.type(GPX).set('content-disposition', `attachment; filename="${gpxFileName(id)}"`);
    return trackGpx(id, part);
  }

  /**
   * The trip that bounds what the caller sees. A rider sees its trips only, a driver itself.
   * @throws {Refusal} WRONG_ROLE, NO_SUCH_TRIP, NOT_YOUR_TRIP
   */
  async #tripOf({ role, userId }: Identity, driverId: string, tripId?: string): Promise<Trip | null> {
    if (role === 'driver' && userId !== driverId) throw new Refusal('WRONG_ROLE');
    if (role === 'rider' && tripId === undefined) throw new Refusal('NOT_YOUR_TRIP', 'tripId is missing');
    if (tripId === undefined) return null;
    const trip = await orUnavailable(this.trips.get(tripId));
    const isRiders = role !== 'rider' || trip.riderId === userId;
    if (trip.driverId !== driverId || !isRiders) throw new Refusal('NOT_YOUR_TRIP');
    return trip;
  }
}

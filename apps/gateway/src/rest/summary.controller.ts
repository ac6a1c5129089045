import { Controller, Get, Param } from '@nestjs/common';
import { Id, type TripSummary } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { orUnavailable, Tracks } from '#store';
import { partsOf } from '#trips';
import { TripDesk } from '../trips/trip-desk.js';
import { Caller, For, Guarded } from './auth.js';
import { trackGeoJson } from './track-formats.js';

@Guarded()
@Controller('trips')
export class SummaryController {
  constructor(
    private readonly desk: TripDesk,
    private readonly tracks: Tracks,
  ) {}

  /** How a trip went, for its parties and for dispatch, once it is over. */
  @Get(':id/summary')
  @For('service', 'dispatcher', 'driver', 'rider')
  async summary(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<TripSummary> {
    const trip = await this.desk.get(caller, id);
    const { ride, ...times } = partsOf(trip);
    if (ride === null) return { trip, distanceM: 0, ...times, track: null };
    const now = Date.now();
    const part = await orUnavailable(this.tracks.read(trip.driverId!, ride, now));
    const track = trackGeoJson(trip.driverId!, ride, part ?? { fixes: [], truncated: false });
    // What is left of a track would make the way too short.
    const isWhole = ride.from >= this.tracks.keptFrom(now) && !track.properties.truncated;
    return { trip, distanceM: isWhole ? track.properties.distanceM : null, ...times, track };
  }
}

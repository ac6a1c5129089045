import { Controller, Get, Query } from '@nestjs/common';
import { coverBbox } from '#geo/cells';
import { type FleetHistory, HistoryQuery, historySpan, ProtocolError } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AreaTracks, clock, orUnavailable } from '#store';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { ExpensiveReads } from './expensive-reads.js';

/** Maximum number of concurrent reads at one gateway: each keeps it busy for up to some seconds. */
const MAX_AT_ONCE = 2;

/** Past positions of the vehicles of an area. */
@Guarded()
@Controller('fleet/history')
export class HistoryController {
  #running = 0;

  constructor(
    private readonly tracks: AreaTracks,
    private readonly reads: ExpensiveReads,
  ) {}

  @Get()
  @For('service', 'dispatcher')
  async history(
    @Caller() caller: Identity,
    @Query(new ZodPipe(HistoryQuery)) query: HistoryQuery,
  ): Promise<FleetHistory> {
    const now = clock.now();
    const span = historySpan(query, now);
    const [west, south, east, north] = query.bbox;
    const cells = coverBbox(query.bbox);
    if (cells === null) throw new ProtocolError('AREA_TOO_LARGE');
    if (this.#running >= MAX_AT_ONCE) throw new ProtocolError('RATE_LIMITED');
    this.#running += 1;
    const contains = ({ lat, lng }: { lat: number; lng: number }) =>
      lng >= west && lng <= east && lat >= south && lat <= north;
    const centre = { lat: (south + north) / 2, lng: (west + east) / 2 };
    try {
      return await this.reads.run(caller, () =>
        orUnavailable(this.tracks.read({ cells, contains }, centre, span, now)),
      );
    } finally {
      this.#running -= 1;
    }
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { centreOf, inBbox } from '#geo';
import { coverBbox } from '#geo/cells';
import { type FleetHistory, HistoryQuery, historySpan, ProtocolError } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AreaTracks, orUnavailable } from '#store';
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
    const now = Date.now();
    const span = historySpan(query, now);
    const cells = coverBbox(query.bbox);
    if (cells === null) throw new ProtocolError('AREA_TOO_LARGE');
    if (this.#running >= MAX_AT_ONCE) throw new ProtocolError('RATE_LIMITED');
    this.#running += 1;
    const area = { cells, contains: inBbox(query.bbox) };
    try {
      return await this.reads.run(caller, () =>
        orUnavailable(this.tracks.read(area, centreOf(query.bbox), span, now)),
      );
    } finally {
      this.#running -= 1;
    }
  }
}

import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { centreOf, inBbox, type Point } from '#geo';
import { coverBbox, regionOf } from '#geo/cells';
import { type Bbox, HistoryQuery, historySpan, ProtocolError, type Span } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AreaTracks, clock } from '#store';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { coversPlace, coversRegion, ScopeService } from '../auth/scope.service.js';
import { ExpensiveReads } from './expensive-reads.js';
import { sendTexts } from './send-texts.js';
import { historyJsonOf } from './track-formats.js';

/** Maximum number of concurrent reads at one gateway: each keeps it busy for up to some seconds. */
const MAX_AT_ONCE = 2;
const HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/** Past positions of the vehicles of an area. */
@Guarded()
@Controller('fleet/history')
export class HistoryController {
  #running = 0;

  constructor(
    private readonly tracks: AreaTracks,
    private readonly reads: ExpensiveReads,
    private readonly scope: ScopeService,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @InScope('own')
  @For('service', 'dispatcher')
  async history(
    @Caller() caller: Identity,
    @Query(new ZodPipe(HistoryQuery)) query: HistoryQuery,
    @Res() response: Response,
  ): Promise<void> {
    const now = clock.now();
    const span = historySpan(query, now);
    const covered = coverBbox(query.bbox);
    if (covered === null) throw new ProtocolError('AREA_TOO_LARGE');
    const cells = covered.filter((cell) => coversRegion(caller, regionOf(cell)));
    if (this.#running >= MAX_AT_ONCE) throw new ProtocolError('RATE_LIMITED');
    await this.audit.view(caller, 'history:view', { text: 'area' });
    this.#running += 1;
    try {
      await this.reads.run(caller, () =>
        sendTexts(response, HEADERS, (signal) => this.#texts(query.bbox, cells, span, caller, now, signal)),
      );
    } finally {
      this.#running -= 1;
    }
  }

  #texts(bbox: Bbox, cells: string[], span: Span, by: Identity, now: number, signal: AbortSignal) {
    const isInside = inBbox(bbox);
    // A vehicle may have left the regions in the meantime.
    const contains = (place: Point) => isInside(place) && coversPlace(by, place);
    const area = { cells, contains };
    const ofFleet = (driverIds: string[]) => this.scope.ofFleet(driverIds, by, (id) => id);
    return historyJsonOf(span, this.tracks.read(area, centreOf(bbox), span, { now, signal, ofFleet }));
  }
}

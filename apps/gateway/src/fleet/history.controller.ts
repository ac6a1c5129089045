import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { centreOf, inBbox } from '#geo';
import { coverBbox } from '#geo/cells';
import { type Bbox, HistoryQuery, historySpan, ProtocolError, type Span } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AreaTracks, clock } from '#store';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
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
  ) {}

  @Get()
  @For('service', 'dispatcher')
  async history(
    @Caller() caller: Identity,
    @Query(new ZodPipe(HistoryQuery)) query: HistoryQuery,
    @Res() response: Response,
  ): Promise<void> {
    const now = clock.now();
    const span = historySpan(query, now);
    const cells = coverBbox(query.bbox);
    if (cells === null) throw new ProtocolError('AREA_TOO_LARGE');
    if (this.#running >= MAX_AT_ONCE) throw new ProtocolError('RATE_LIMITED');
    this.#running += 1;
    try {
      await this.reads.run(caller, () =>
        sendTexts(response, HEADERS, (signal) => this.#texts(query.bbox, cells, span, now, signal)),
      );
    } finally {
      this.#running -= 1;
    }
  }

  #texts(bbox: Bbox, cells: string[], span: Span, now: number, signal: AbortSignal) {
    const area = { cells, contains: inBbox(bbox) };
    return historyJsonOf(span, this.tracks.read(area, centreOf(bbox), span, { now, signal }));
  }
}

import { Injectable } from '@nestjs/common';
import { regionAt } from '#geo/cells';
import type { Incident, IncidentReport, Position, Surge, Trouble } from '#protocol';
import { Marks, orUnavailable } from '#store';
import type { Actor, TripRecord } from '#trips';
import { FeedDesk } from './feed-desk.js';

const SURGE_WINDOW_MS = 300_000;
/** Requests of one region within a window that dispatch is told of; then of each time that they doubled. */
const SURGE = 20;
/** Who is in trouble is told of again after so long. */
const TROUBLE_AGAIN_MS = 600_000;

/** What dispatch is told of a region. */
@Injectable()
export class RegionNews {
  constructor(
    private readonly feed: FeedDesk,
    private readonly marks: Marks,
  ) {}

  async incident(by: Actor, report: IncidentReport): Promise<Incident> {
    const incident = { ...report, by: { role: by.role, userId: by.userId }, at: Date.now() };
    await this.feed.tell(`region:${regionAt(report)}`, 'incident', incident);
    return incident;
  }

  async trouble({ id, driverId }: TripRecord, kind: Trouble['kind'], { lat, lng }: Position): Promise<void> {
    if (!(await orUnavailable(this.marks.set(`trouble:${kind}:${id}`, TROUBLE_AGAIN_MS)))) return;
    const trouble: Trouble = { kind, tripId: id, driverId, lat, lng, at: Date.now() };
    await this.feed.tell(`region:${regionAt(trouble)}`, 'trouble', trouble);
  }

  /** Counts a request of a trip. */
  async requested(pickup: Position): Promise<void> {
    const region = regionAt(pickup);
    const { count: requests, leftMs } = await orUnavailable(
      this.marks.count(`requests:${region}`, SURGE_WINDOW_MS),
    );
    const at = Date.now();
    const since = at - (SURGE_WINDOW_MS - leftMs);
    if (Number.isInteger(Math.log2(requests / SURGE)) && requests >= SURGE)
      await this.feed.tell(`region:${region}`, 'surge', { region, requests, since, at } satisfies Surge);
  }
}

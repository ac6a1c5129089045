import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { regionAt } from '#geo/cells';
import {
  type Incident,
  type IncidentReport,
  type Position,
  Refusal,
  type Surge,
  type Trouble,
} from '#protocol';
import { Marks, orUnavailable } from '#store';
import type { Actor, TripRecord } from '#trips';
import { FeedDesk } from './feeds.service.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of one rider or driver. */
const INCIDENTS_AN_HOUR = 20;
const TRIPS_AN_HOUR = 60;
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

  /**
   * @param key the same one again tells it once
   * @throws {Refusal} RATE_LIMITED to a rider or a driver that reports too often; KEY_REUSED for another report
   */
  async incident(by: Actor, report: IncidentReport, key?: string): Promise<Incident> {
    const mark = `incident:${by.role} ${by.userId} ${key}`;
    const region = regionAt(report);
    const incident = { ...report, region, by: { role: by.role, userId: by.userId }, at: Date.now() };
    const noted = key === undefined ? null : await orUnavailable(this.marks.noted(mark));
    if (noted !== null) return asBefore(incident, JSON.parse(noted) as Incident);
    await this.#limit(by, 'incidents', INCIDENTS_AN_HOUR);
    await this.feed.tell(`region:${region}`, 'incident', incident);
    // Afterwards: a call for help is rather told twice than not at all.
    if (key !== undefined) await orUnavailable(this.marks.note(mark, JSON.stringify(incident), DAY_MS));
    return incident;
  }

  async trouble({ id, driverId }: TripRecord, kind: Trouble['kind'], { lat, lng }: Position): Promise<void> {
    const mark = `trouble:${kind}:${id}`;
    if ((await orUnavailable(this.marks.noted(mark))) !== null) return;
    const region = regionAt({ lat, lng });
    const trouble: Trouble = { region, kind, tripId: id, driverId, lat, lng, at: Date.now() };
    await this.feed.tell(`region:${region}`, 'trouble', trouble);
    await orUnavailable(this.marks.note(mark, '', TROUBLE_AGAIN_MS));
  }

  /** @throws {Refusal} RATE_LIMITED to a rider that asks for more trips than anybody needs */
  limitRequests(by: Actor): Promise<void> {
    return this.#limit(by, 'trips', TRIPS_AN_HOUR);
  }

  async #limit({ role, userId }: Actor, what: string, anHour: number): Promise<void> {
    if (role === 'service' || role === 'dispatcher') return;
    const { count } = await orUnavailable(this.marks.count(`${what}:${role}:${userId}`, HOUR_MS));
    if (count > anHour) throw new Refusal('RATE_LIMITED');
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

/** @throws {Refusal} KEY_REUSED when what was told under the same key is something else */
function asBefore(incident: Incident, told: Incident): Incident {
  if (!isDeepStrictEqual({ ...incident, at: told.at }, told)) throw new Refusal('KEY_REUSED');
  return told;
}

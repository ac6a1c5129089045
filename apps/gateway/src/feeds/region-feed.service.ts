import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { regionAt } from '#geo/cells';
import {
  type Incident,
  type IncidentReport,
  type Position,
  ProtocolError,
  type Surge,
  type TripAlert,
} from '#protocol';
import { ExpiringKeys, orUnavailable } from '#store';
import type { Actor, TripRecord } from '#trips';
import { FeedsService } from './feeds.service.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of one rider or driver. */
const INCIDENTS_AN_HOUR = 20;
const TRIPS_AN_HOUR = 60;
const SURGE_WINDOW_MS = 300_000;
/** Requests of one region within a window that dispatch is told of; then of each time that they doubled. */
const SURGE = 20;
/** An alert about the same trip is sent again after this time, ms. */
const TROUBLE_AGAIN_MS = 600_000;

/** What dispatch is told of a region. */
@Injectable()
export class RegionFeedService {
  constructor(
    private readonly feeds: FeedsService,
    private readonly expiringKeys: ExpiringKeys,
  ) {}

  /**
   * @param key the same one again tells it once
   * @throws {ProtocolError} RATE_LIMITED to a rider or a driver that reports too often; IDEMPOTENCY_KEY_REUSED for another report
   */
  async incident(by: Actor, report: IncidentReport, key?: string): Promise<Incident> {
    const mark = `incident:${by.role} ${by.userId} ${key}`;
    const region = regionAt(report);
    const incident = { ...report, region, by: { role: by.role, userId: by.userId }, at: Date.now() };
    const noted = key === undefined ? null : await orUnavailable(this.expiringKeys.get(mark));
    if (noted !== null) return asBefore(incident, JSON.parse(noted) as Incident);
    await this.#limit(by, 'incidents', INCIDENTS_AN_HOUR);
    await this.feeds.notify(`region:${region}`, 'incident', incident);
    // Afterwards: a call for help is rather told twice than not at all.
    if (key !== undefined) await orUnavailable(this.expiringKeys.set(mark, JSON.stringify(incident), DAY_MS));
    return incident;
  }

  async alert({ id, driverId }: TripRecord, kind: TripAlert['kind'], { lat, lng }: Position): Promise<void> {
    const mark = `alert:${kind}:${id}`;
    if ((await orUnavailable(this.expiringKeys.get(mark))) !== null) return;
    const region = regionAt({ lat, lng });
    const alert: TripAlert = { region, kind, tripId: id, driverId, lat, lng, at: Date.now() };
    await this.feeds.notify(`region:${region}`, 'alert', alert);
    await orUnavailable(this.expiringKeys.set(mark, '', TROUBLE_AGAIN_MS));
  }

  /** @throws {ProtocolError} RATE_LIMITED to a rider that asks for more trips than anybody needs */
  limitRequests(by: Actor): Promise<void> {
    return this.#limit(by, 'trips', TRIPS_AN_HOUR);
  }

  async #limit({ role, userId }: Actor, what: string, anHour: number): Promise<void> {
    if (role === 'service' || role === 'dispatcher') return;
    const { count } = await orUnavailable(this.expiringKeys.count(`${what}:${role}:${userId}`, HOUR_MS));
    if (count > anHour) throw new ProtocolError('RATE_LIMITED');
  }

  /** Counts a request of a trip. */
  async requested(pickup: Position): Promise<void> {
    const region = regionAt(pickup);
    const { count: requests, leftMs } = await orUnavailable(
      this.expiringKeys.count(`requests:${region}`, SURGE_WINDOW_MS),
    );
    const at = Date.now();
    const since = at - (SURGE_WINDOW_MS - leftMs);
    if (Number.isInteger(Math.log2(requests / SURGE)) && requests >= SURGE)
      await this.feeds.notify(`region:${region}`, 'surge', { region, requests, since, at } satisfies Surge);
  }
}

/** @throws {ProtocolError} IDEMPOTENCY_KEY_REUSED when what was told under the same key is something else */
function asBefore(incident: Incident, told: Incident): Incident {
  if (!isDeepStrictEqual({ ...incident, at: told.at }, told))
    throw new ProtocolError('IDEMPOTENCY_KEY_REUSED');
  return told;
}

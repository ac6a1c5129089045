import { Injectable } from '@nestjs/common';
import { regionAt } from '#geo/cells';
import { type Incident, type IncidentReport, type Position, type RegionAlert, type Surge } from '#protocol';
import { clock, ExpiringKeys, orUnavailable } from '#store';
import type { Actor, TripRecord } from '#trips';
import { HourlyLimits } from '../auth/hourly-limits.js';
import { type TripChanged, TripEvents } from '../trips/trip-events.js';
import { FeedsService } from './feeds.service.js';

const INCIDENTS_PER_HOUR = 20;
const SURGE_WINDOW_MS = 300_000;
/** Trip requests in one region within a window that count as a surge; each doubling is reported again. */
const SURGE = 20;
/** Minimum time between two alerts of one kind about the same trip or driver. */
const ALERT_INTERVAL_MS = 600_000;

/** Publishes incidents, alerts and surges to the dispatchers who watch a region. */
@Injectable()
export class RegionFeedService {
  constructor(
    private readonly feeds: FeedsService,
    private readonly expiringKeys: ExpiringKeys,
    private readonly limits: HourlyLimits,
    events: TripEvents,
  ) {
    events.on('alert', (change) => this.#alertNoDriver(change));
    // A surge is a statistic: its failure must not fail the trip.
    events.on('observe', (change) => void this.#countRequest(change).catch(() => {}));
  }

  /**
   * Publishes an incident.
   * @param key idempotency key: the same one publishes once
   * @throws {ProtocolError} RATE_LIMITED for a rider or driver above the hourly limit; IDEMPOTENCY_KEY_REUSED for another
   * report under the same key
   */
  async incident(by: Actor, report: IncidentReport, key?: string): Promise<Incident> {
    const region = regionAt(report);
    const incident = { ...report, region, by: { role: by.role, userId: by.userId }, at: clock.now() };
    return this.expiringKeys.idempotent(`incident:${by.role} ${by.userId}`, key, report, async () => {
      await this.limits.take(by, 'incidents', INCIDENTS_PER_HOUR);
      await this.feeds.notify(`region:${region}`, 'incident', incident);
      return incident;
    });
  }

  /** Publishes an alert about a trip, at most once per kind and ten minutes. */
  async alert(
    { id, driverId }: TripRecord,
    kind: RegionAlert['kind'],
    { lat, lng }: Position,
  ): Promise<void> {
    const region = regionAt({ lat, lng });
    const alert: RegionAlert = { region, kind, tripId: id, driverId, lat, lng, at: clock.now() };
    await this.#publishOnce(id, alert);
  }

  /** Publishes that a driver is online on two devices, at most once per driver and ten minutes. */
  async alertDevice(driverId: string, { lat, lng }: Position): Promise<void> {
    const region = regionAt({ lat, lng });
    const kind = 'second_device';
    await this.#publishOnce(driverId, { region, kind, tripId: null, driverId, lat, lng, at: clock.now() });
  }

  async #publishOnce(id: string, alert: RegionAlert): Promise<void> {
    await this.expiringKeys.once(`alert:${alert.kind}:${id}`, ALERT_INTERVAL_MS, () =>
      this.feeds.notify(`region:${alert.region}`, 'alert', alert),
    );
  }

  async #alertNoDriver({ after }: TripChanged): Promise<void> {
    if (after.cancelled?.reason === 'no_driver') await this.alert(after, 'no_driver', after.pickup);
  }

  async #countRequest({ before, after }: TripChanged): Promise<void> {
    if (before !== null) return;
    const region = regionAt(after.pickup);
    const { count: requests, leftMs } = await orUnavailable(
      this.expiringKeys.count(`requests:${region}`, SURGE_WINDOW_MS),
    );
    const at = clock.now();
    const since = at - (SURGE_WINDOW_MS - leftMs);
    if (Number.isInteger(Math.log2(requests / SURGE)) && requests >= SURGE)
      await this.feeds.notify(`region:${region}`, 'surge', { region, requests, since, at } satisfies Surge);
  }
}

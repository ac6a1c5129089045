import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { regionAt } from '#geo/cells';
import { CONFIG } from '#ops';
import {
  ALERT_THRESHOLDS,
  FAR_STEP_M,
  HOUR_MS,
  type Incident,
  type IncidentReport,
  type Position,
  type RegionAlert,
  type Surge,
} from '#protocol';
import { clock, ExpiringKeys, orUnavailable, RaisedAlerts } from '#store';
import { type Actor, placeOf, type TripRecord } from '#trips';
import { HourlyLimits } from '../auth/hourly-limits.js';
import type { Notification } from '../notifications/job.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { type TripChanged, TripEvents } from '../trips/trip-events.js';
import { FeedsService } from './feeds.service.js';

const INCIDENTS_PER_HOUR = 20;
/** Time for which it is worth notifying a dispatcher of an alert. */
const NOTIFIED_MS = HOUR_MS;
const SURGE_WINDOW_MS = 300_000;
/** Trip requests in one region within a window that count as a surge; each doubling is reported again. */
const SURGE = 20;
/** Minimum time between two alerts of one kind about the same trip or driver. */
const ALERT_INTERVAL_MS = 600_000;
/** Alerts whose end nothing shows: boards show them for a while. The others follow from the state of trips and drivers. */
const RAISED: ReadonlySet<RegionAlert['kind']> = new Set(['second_device', 'far_step']);

/** Publishes incidents, alerts and surges to the dispatchers who watch a region. */
@Injectable()
export class RegionFeedService {
  constructor(
    private readonly feeds: FeedsService,
    private readonly expiringKeys: ExpiringKeys,
    private readonly raisedAlerts: RaisedAlerts,
    private readonly limits: HourlyLimits,
    @Inject(CONFIG) private readonly config: Config,
    private readonly notifications: NotificationsService,
    events: TripEvents,
  ) {
    events.on('alert', (change) => this.#alertNoDriver(change));
    events.on('alert', (change) => this.#alertFarStep(change));
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
    const { role, userId, fleet = null } = by;
    const isOfAllFleets = fleet === null && (role === 'dispatcher' || role === 'service');
    const incident: Incident = {
      ...report,
      region,
      by: { role, userId },
      ...(!isOfAllFleets && { fleet }),
      at: clock.now(),
    };
    return this.expiringKeys.idempotent(`incident:${role} ${userId}`, key, report, async () => {
      await this.limits.take(by, 'incidents', INCIDENTS_PER_HOUR);
      const id = `incident ${randomUUID()}`;
      const expiresAt = incident.at + this.config.incidentHours * HOUR_MS;
      await orUnavailable(
        this.raisedAlerts.raise({ id, expiresAt, event: 'incident', payload: incident }, incident.at),
      );
      await this.feeds.notify(`region:${region}`, 'incident', incident);
      const audience = { region, fleet: incident.fleet };
      await this.notifications.alert(audience, alertNotification(id, report.kind, incident, report.tripId));
      return incident;
    });
  }

  /** Publishes an alert about a trip, at most once per kind and ten minutes. */
  async alert(
    { id, driverId, fleet }: TripRecord,
    kind: RegionAlert['kind'],
    { lat, lng }: Position,
    details: Pick<RegionAlert, 'step' | 'awayM'> = {},
  ): Promise<void> {
    const region = regionAt({ lat, lng });
    const about = { tripId: id, driverId, fleet: fleet ?? null };
    const alert: RegionAlert = { region, kind, ...about, ...details, lat, lng, at: clock.now() };
    await this.#publishOnce([id, details.step].join(' ').trim(), alert);
  }

  /** Publishes that a driver is online on two devices, at most once per driver and ten minutes. */
  async alertDevice(driverId: string, { lat, lng }: Position): Promise<void> {
    const region = regionAt({ lat, lng });
    const kind = 'second_device';
    await this.#publishOnce(driverId, { region, kind, tripId: null, driverId, lat, lng, at: clock.now() });
  }

  async #publishOnce(id: string, alert: RegionAlert): Promise<void> {
    await this.expiringKeys.once(`alert:${alert.kind}:${id}`, ALERT_INTERVAL_MS, async () => {
      if (RAISED.has(alert.kind)) await this.#raise(`${alert.kind} ${id}`, alert);
      await this.feeds.notify(`region:${alert.region}`, 'alert', alert);
      const { region, driverId, tripId, fleet } = alert;
      const name = `alert ${alert.kind} ${id} ${alert.at}`;
      await this.notifications.alert(
        { region, driverId, fleet },
        alertNotification(name, alert.kind, alert, tripId ?? undefined),
      );
    });
  }

  async #raise(id: string, alert: RegionAlert): Promise<void> {
    const expiresAt = alert.at + ALERT_THRESHOLDS.eventMs;
    await orUnavailable(this.raisedAlerts.raise({ id, expiresAt, event: 'alert', payload: alert }, alert.at));
  }

  async #alertNoDriver({ after }: TripChanged): Promise<void> {
    if (after.cancelled?.reason === 'no_driver') await this.alert(after, 'no_driver', after.pickup);
  }

  async #alertFarStep({ after }: TripChanged): Promise<void> {
    const { state: step } = after;
    const awayM = after.awayM?.[step] ?? 0;
    const place = placeOf(after, step);
    if (awayM > FAR_STEP_M && place !== null) await this.alert(after, 'far_step', place, { step, awayM });
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

const alertNotification = (
  id: string,
  alert: string,
  { region, at }: { region: string; at: number },
  tripId: string | undefined,
): Notification => ({
  id,
  kind: 'alert',
  content: { alert, region, ...(tripId !== undefined && { tripId }) },
  at,
  expiresAt: at + NOTIFIED_MS,
});

import { Injectable } from '@nestjs/common';
import { RateLimited } from '#ops';
import {
  type ActiveAlert,
  ALERTS_PER_HOUR,
  type AlertRequest,
  alertsRoom,
  HOUR_MS,
  MAX_ALERT_MS,
  ProtocolError,
  type SentAlert,
} from '#protocol';
import { Hub } from '#realtime';
import { Alerts, clock, ExpiringKeys, newTripId, orUnavailable } from '#store';
import type { Actor } from '#trips';
import { AuditService } from '../audit/audit.service.js';
import { assertOwnFleet, assertRegion, coversRegion } from '../auth/scope.service.js';
import { FeedsService } from '../feeds/feeds.service.js';
import { ZoneRulesService } from '../queues/zone-rules.service.js';
import { coverageOf, type FindZone } from './coverage.js';

/** Alerts of dispatch to everybody in an area. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly alerts: Alerts,
    private readonly audit: AuditService,
    private readonly expiringKeys: ExpiringKeys,
    private readonly feeds: FeedsService,
    private readonly hub: Hub,
    private readonly zones: ZoneRulesService,
  ) {}

  /**
   * Sends an alert: it is recorded, stored, and then delivered by each gateway to its clients.
   * @param key idempotency key: the same one sends it once
   * @throws {ProtocolError} BAD_EXPIRY, AREA_TOO_LARGE, TOO_MANY_ALERTS, IDEMPOTENCY_KEY_REUSED, UNAVAILABLE
   * @throws {RateLimited} above the hourly limit, for everybody
   */
  async send(by: Actor, request: AlertRequest, key?: string): Promise<ActiveAlert> {
    const sender = `${by.role} ${by.userId}`;
    return this.expiringKeys.idempotent(`area-alert:${sender}`, key, request, async () => {
      const alert = sentAlertOf(by, request, (...zone) => this.zones.find(...zone), key);
      for (const region of alert.regions) assertRegion(by, region);
      await this.#take(sender);
      await this.audit.record(by, 'alert:send', { text: alert.text });
      if (!(await orUnavailable(this.alerts.add(alert, alert.at))))
        throw new ProtocolError('TOO_MANY_ALERTS');
      for (const region of alert.regions)
        await this.feeds.notify(`region:${region}`, 'area:alert', { ...alert, region }, alert.expiresAt);
      this.hub.signal({ namespace: '/rider', room: alertsRoom }, 'alert:sent', alert);
      return { ...alert, reached: { riders: 0, drivers: 0, dispatchers: 0 } };
    });
  }

  /** Withdraws an alert: nobody receives it any more, and apps no longer show it. @throws {ProtocolError} NO_SUCH_ALERT, UNAVAILABLE */
  async withdraw(by: Actor, id: string): Promise<void> {
    const active = await orUnavailable(this.alerts.active(clock.now()));
    const alert = active.find((one) => one.id === id);
    if (alert === undefined) throw new ProtocolError('NO_SUCH_ALERT');
    // One to all fleets also concerns others.
    assertOwnFleet(by, alert.fleet);
    for (const region of alert.regions) assertRegion(by, region);
    await this.audit.record(by, 'alert:withdraw', { text: alert.text });
    const sender = { role: by.role, userId: by.userId };
    const withdrawn = { id, ...fleetOf(alert), by: sender, at: clock.now() };
    for (const region of alert.regions)
      await this.feeds.notify(
        `region:${region}`,
        'area:withdrawn',
        { ...withdrawn, region },
        alert.expiresAt,
      );
    await orUnavailable(this.alerts.withdraw(id, clock.now()));
    const { expiresAt } = alert;
    this.hub.signal({ namespace: '/rider', room: alertsRoom }, 'alert:withdrawn', { id, expiresAt });
  }

  /** Returns the alerts that have not expired and concern the fleet and regions of a user, newest first. @throws {ProtocolError} UNAVAILABLE */
  async active(by: Actor): Promise<ActiveAlert[]> {
    const all = await orUnavailable(this.alerts.active(clock.now()));
    const { fleet: own = null } = by;
    const alerts = all.filter(
      ({ regions, fleet = own }) =>
        (own === null || fleet === own) && regions.some((region) => coversRegion(by, region)),
    );
    return Promise.all(
      alerts.map(async (alert) => ({
        ...alert,
        reached: await orUnavailable(this.alerts.reached(alert.id)),
      })),
    );
  }

  /** Counts one alert of a sender. */
  async #take(sender: string): Promise<void> {
    const { count, leftMs } = await orUnavailable(this.expiringKeys.count(`area-alerts:${sender}`, HOUR_MS));
    const resetS = Math.ceil(leftMs / 1_000);
    if (count > ALERTS_PER_HOUR)
      throw new RateLimited({ limit: ALERTS_PER_HOUR, remaining: 0, resetS }, resetS);
  }
}

/** @throws {ProtocolError} BAD_EXPIRY, BAD_AREA if there is no such zone, AREA_TOO_LARGE */
function sentAlertOf(
  by: Actor,
  { area, region, audience, text, expiresAt }: AlertRequest,
  find: FindZone,
  key?: string,
): SentAlert {
  const at = clock.now();
  if (expiresAt <= at || expiresAt > at + MAX_ALERT_MS) throw new ProtocolError('BAD_EXPIRY');
  const regions = area === undefined ? [region!] : coverageOf(area, find).regions;
  if (regions.length === 0) throw new ProtocolError('BAD_AREA');
  return {
    // The same for each attempt under one key: a gateway that died halfway may have delivered it.
    id: newTripId(`area-alert ${by.role} ${by.userId}`, key),
    text,
    at,
    expiresAt,
    area: area ?? null,
    regions,
    audience: [...new Set(audience)],
    ...fleetOf(by),
    by: { role: by.role, userId: by.userId },
  };
}

/** Returns the fleet as an optional member. */
const fleetOf = ({ fleet = null }: { fleet?: string | null | undefined }): { fleet?: string } =>
  fleet === null ? {} : { fleet };

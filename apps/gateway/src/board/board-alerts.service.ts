import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { type AlertMarking, type FleetAlert, type FleetAlerts } from '#protocol';
import { clock, orUnavailable, RaisedAlerts } from '#store';
import type { Actor } from '#trips';
import { AlertedStays } from './alerted-stays.js';
import { alertsOf, firstOf } from './fleet-alerts.js';
import { FleetRosterService } from './fleet-roster.service.js';

/** Time for which the mark of an alert that has ended is kept: gateways see its end at different times. */
const FORGET_MARK_MS = 30_000;

/** Alerts of the whole fleet, derived from its state whenever somebody looks, and what dispatchers decided about them. */
@Injectable()
export class BoardAlertsService {
  constructor(
    private readonly roster: FleetRosterService,
    private readonly stays: AlertedStays,
    private readonly raisedAlerts: RaisedAlerts,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {ProtocolError} UNAVAILABLE */
  async current(): Promise<FleetAlerts> {
    return firstOf(await this.#all());
  }

  /** Decides about alerts that hold now, for all dispatchers. @throws {ProtocolError} UNAVAILABLE */
  async mark({ userId }: Actor, { ids, as }: AlertMarking): Promise<FleetAlerts> {
    const open = new Set((await this.#all()).map(({ id }) => id));
    const marked = ids.filter((id) => open.has(id));
    if (as === 'open') await orUnavailable(this.raisedAlerts.unmark(marked));
    else if (marked.length > 0)
      await orUnavailable(this.raisedAlerts.mark(marked, { as, by: userId, at: clock.now() }));
    return this.current();
  }

  async #all(): Promise<FleetAlert[]> {
    const roster = await this.roster.state();
    const now = clock.now();
    const [stays, raised, marks] = await orUnavailable(
      Promise.all([this.stays.find(roster), this.raisedAlerts.raised(now), this.raisedAlerts.marks()]),
    );
    const alerts = alertsOf({ roster, stays, raised, marks, silentMs: this.config.silentMs, now });
    const ids = new Set(alerts.map(({ id }) => id));
    const over = [...marks].filter(([id, { at }]) => !ids.has(id) && now - at > FORGET_MARK_MS);
    await orUnavailable(this.raisedAlerts.unmark(over.map(([id]) => id)));
    return alerts;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import type { AlertMarking, FleetAlert, FleetAlerts } from '#protocol';
import type { Identity, Rights } from '#realtime';
import { clock, orUnavailable, RaisedAlerts } from '#store';
import { coversRegion, ScopeService } from '../auth/scope.service.js';
import { AlertedStays } from './alerted-stays.js';
import { alertsOf, firstOf, type OwnedAlert } from './fleet-alerts.js';
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
    private readonly scope: ScopeService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Returns those that concern a user, as one answer holds them. @throws {ProtocolError} UNAVAILABLE */
  async concerning(by: Rights, all: readonly OwnedAlert[]): Promise<FleetAlerts> {
    return firstOf(await this.#inScope(by, all));
  }

  /**
   * Decides about alerts that hold now and concern the user, for all dispatchers.
   * @returns all alerts
   * @throws {ProtocolError} UNAVAILABLE
   */
  async mark(by: Identity, { ids, as }: AlertMarking): Promise<OwnedAlert[]> {
    const open = new Set((await this.#inScope(by, await this.all())).map(({ id }) => id));
    const marked = ids.filter((id) => open.has(id));
    if (as === 'open') await orUnavailable(this.raisedAlerts.unmark(marked));
    else if (marked.length > 0)
      await orUnavailable(this.raisedAlerts.mark(marked, { as, by: by.userId, at: clock.now() }));
    return this.all();
  }

  async #inScope(by: Rights, all: readonly OwnedAlert[]): Promise<FleetAlert[]> {
    const near = all.filter(({ region }) => coversRegion(by, region));
    return (await this.scope.owned(near, by, ({ owner }) => owner)).map(({ alert }) => alert);
  }

  /** Returns the alerts of all fleets. @throws {ProtocolError} UNAVAILABLE */
  async all(): Promise<OwnedAlert[]> {
    const roster = await this.roster.state();
    const now = clock.now();
    const [stays, raised, marks] = await orUnavailable(
      Promise.all([this.stays.find(roster), this.raisedAlerts.raised(now), this.raisedAlerts.marks()]),
    );
    const alerts = alertsOf({ roster, stays, raised, marks, silentMs: this.config.silentMs, now });
    const ids = new Set(alerts.map(({ alert }) => alert.id));
    const over = [...marks].filter(([id, { at }]) => !ids.has(id) && now - at > FORGET_MARK_MS);
    await orUnavailable(this.raisedAlerts.unmark(over.map(([id]) => id)));
    return alerts;
  }
}

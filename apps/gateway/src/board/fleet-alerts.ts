import { regionAt } from '#geo/cells';
import {
  ALERT_THRESHOLDS,
  type AlertMark,
  type FleetAlert,
  type FleetAlerts,
  MAX_ALERTS,
  type RaisedAlert,
} from '#protocol';
import { type Owner, ownerOf } from '../auth/scope.service.js';
import type { FleetRoster } from './fleet-roster.js';

/** Stay of a driver in a zone for which dispatch is alerted. */
export type AlertedStay = {
  driverId: string;
  region: string;
  zoneId: string;
  name: string;
  isNoGo: boolean;
  since: number;
};

/** Alert with the region and the fleet that it concerns. */
export type OwnedAlert = { alert: FleetAlert; region: string; owner: Owner };

type Inputs = {
  roster: Pick<FleetRoster, 'trips' | 'find'>;
  stays: readonly AlertedStay[];
  raised: readonly RaisedAlert[];
  marks: ReadonlyMap<string, AlertMark>;
  /** time without a fix after which a driver counts as gone */
  silentMs: number;
  /** epoch ms */
  now: number;
};

type Cause = Omit<OwnedAlert, 'alert'> & { alert: Omit<FleetAlert, 'mark'> };

/** Returns all alerts that hold now: those without a mark first, then those that are taken, then the dismissed ones. */
export function alertsOf({ marks, ...inputs }: Inputs): OwnedAlert[] {
  const causes = [...tripAlerts(inputs), ...zoneAlerts(inputs), ...raisedAlerts(inputs)];
  const rank = ({ mark }: FleetAlert) => (mark === null ? 0 : mark.as === 'taken' ? 1 : 2);
  return causes
    .map(
      (cause): OwnedAlert => ({
        ...cause,
        alert: { ...cause.alert, mark: marks.get(cause.alert.id) ?? null },
      }),
    )
    .sort(({ alert: a }, { alert: b }) => rank(a) - rank(b) || b.at - a.at);
}

/** Returns the alerts that one answer may hold. */
export const firstOf = (alerts: readonly FleetAlert[]): FleetAlerts => ({
  alerts: alerts.slice(0, MAX_ALERTS),
  total: alerts.length,
});

/** Returns the causes that follow from open trips and the last signal of their drivers. */
function tripAlerts({ roster, silentMs, now }: Omit<Inputs, 'marks'>): Cause[] {
  const { noDriverMs, approachMs, waitMs } = ALERT_THRESHOLDS;
  const causes: Cause[] = [];
  for (const { id: tripId, state, driverId, createdAt, changedAt, pickup, fleet = null } of roster.trips) {
    const add = (kind: FleetAlert['kind'], at: number, id = `${kind} ${tripId}`) =>
      causes.push({
        alert: { id, kind, tripId, driverId, at },
        region: regionAt(pickup),
        owner: { fleet },
      });
    const isWaiting = state === 'requested' || state === 'offered';
    const isApproach = state === 'accepted' || state === 'arriving';
    if (isWaiting && now - createdAt > noDriverMs) add('no_driver', createdAt + noDriverMs);
    if (isApproach && now - changedAt > approachMs) add('slow_approach', changedAt + approachMs);
    if (state === 'arrived' && now - changedAt > waitMs) add('long_wait', changedAt + waitMs);
    const driver = driverId === null ? undefined : roster.find(driverId)?.entry;
    // Another silence of the same driver is another alert, whatever was decided about this one.
    if (driver !== undefined && now - driver.receivedAt > silentMs)
      add('driver_silent', driver.receivedAt + silentMs, `driver_silent ${tripId} ${driver.receivedAt}`);
  }
  return causes;
}

const zoneAlerts = ({ stays }: Omit<Inputs, 'marks'>): Cause[] =>
  stays.map(({ driverId, region, zoneId, name, isNoGo, since }) => {
    const kind = isNoGo ? 'no_go' : 'zone';
    const id = `${kind} ${driverId} ${zoneId} ${since}`;
    return {
      alert: { id, kind, tripId: null, driverId, at: since, zone: name },
      region,
      owner: { driverId },
    };
  });

const raisedAlerts = ({ raised }: Omit<Inputs, 'marks'>): Cause[] =>
  raised.flatMap((alert): Cause[] => {
    const { id, payload } = alert;
    const concerned = { region: payload.region, owner: ownerOf(alert) };
    if (alert.event === 'incident') {
      const { kind, text, by, at, tripId = null } = alert.payload;
      const driverId = by.role === 'driver' ? by.userId : null;
      return [
        { alert: { id, kind: 'incident', tripId, driverId, at, incident: { kind, text, by } }, ...concerned },
      ];
    }
    const { kind, tripId, driverId } = alert.payload;
    if (kind !== 'second_device' && kind !== 'far_step') return [];
    return [{ alert: { id, kind, tripId, driverId, at: payload.at }, ...concerned }];
  });

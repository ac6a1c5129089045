import { ALERT_THRESHOLDS, type TripState } from '#protocol';
import type { AlertedZone, Incident, Reached, RegionEvent, ZoneCrossing } from '#sdk';
import { plural } from '../../../shared/i18n/plural.js';
import { distanceText } from '../../../shared/ui/format.js';
import type { Alert, AlertGroup } from './alerts.js';

export const TEXTS = {
  activity: 'Activity',
  none: 'No activity yet',
  missed: 'Some events were missed while the connection was down. The trips are up to date.',
  alerts: (n: number) => plural(n, { one: '1 alert', other: '# alerts' }),
  alertsNow: (n: number) => plural(n, { one: 'Now: 1 alert', other: 'Now: # alerts' }),
  dismiss: 'Dismiss',
  withdraw: 'Withdraw',
  dismissAll: (n: number) => plural(n, { other: 'Dismiss all #' }),
  dismissed: (n: number) => plural(n, { other: '# dismissed' }),
  justDismissed: (n: number) => plural(n, { one: 'Alert dismissed', other: '# alerts dismissed' }),
  undo: 'Undo',
  dismissedBy: (by: string, age: string) => `Dismissed by ${by} ${age} ago`,
  take: 'I’ll take care of it',
  takenBy: (by: string, age: string) => `${age} · ${by} takes care of it`,
  reopen: 'Reopen',
  more: (n: number) => plural(n, { other: '# more are not listed' }),
  about: (action: string, alert: string) => `${action}: ${alert}`,
  markFailed: 'Couldn’t save that. Try again.',
} as const;

export const INCIDENTS = {
  accident: 'Accident',
  breakdown: 'Breakdown',
  threat: 'Threat',
  other: 'Incident',
} as const satisfies Record<Incident['kind'], string>;

export const AUDIENCES = {
  riders: 'riders',
  drivers: 'drivers',
  dispatchers: 'dispatchers',
} as const satisfies Record<keyof Reached, string>;

/** An event of a region, one line each. */
export const EVENTS = {
  incident: (kind: string, by: string) => `${kind} reported by ${by}`,
  incidentText: (kind: string, by: string, text: string) => `${kind} reported by ${by}: ${text}`,
  areaAlert: (audience: string[], text: string) => `Alert to ${audience.join(' and ')}: ${text}`,
  areaWithdrawn: (by: string) => `${by} withdrew an alert`,
  surge: (n: number) =>
    plural(n, { one: '1 trip request within 5 minutes', other: '# trip requests within 5 minutes' }),
  secondDevice: (driver: string) => `${driver} went online on a second device`,
  farArrived: (driver: string, distance: string) =>
    `${driver} reported arriving ${distance} from the pick-up`,
  farOnTrip: (driver: string, distance: string) => `${driver} started a trip ${distance} from the pick-up`,
  farCompleted: (driver: string, distance: string) =>
    `${driver} completed a trip ${distance} from the destination`,
  driverSilent: (driver: string) => `${driver} lost signal during a trip`,
  noDriver: 'No driver accepted a trip',
  removedZone: 'a zone that was removed',
} as const;

/** Crossings of the border of a zone, and the same as alerts. */
export const CROSSINGS = {
  enter: (driver: string, zone: string) => `${driver} entered ${zone}`,
  exit: (driver: string, zone: string) => `${driver} left ${zone}`,
  dwell: (driver: string, zone: string) => `${driver} is staying in ${zone}`,
  alert: (crossing: string) => `Alert: ${crossing}`,
} as const;

/** Number of users whom an alert has reached. */
export const REACHED = {
  riders: (n: number) => plural(n, { one: '1 rider', other: '# riders' }),
  drivers: (n: number) => plural(n, { one: '1 driver', other: '# drivers' }),
  dispatchers: (n: number) => plural(n, { one: '1 dispatcher', other: '# dispatchers' }),
  nobody: 'Reached nobody yet',
  all: (reached: string[]) => `Reached ${reached.join(', ')}`,
} as const;

const incidentText = ({ kind, text, by }: Pick<Incident, 'kind' | 'text' | 'by'>): string =>
  text === ''
    ? EVENTS.incident(INCIDENTS[kind], by.userId)
    : EVENTS.incidentText(INCIDENTS[kind], by.userId, text);

/** Returns an event of a region as one line of text. */
export function eventText({ event, payload }: RegionEvent): string {
  if (event === 'incident') return incidentText(payload);
  if (event === 'area:alert')
    return EVENTS.areaAlert(
      payload.audience.map((audience) => AUDIENCES[audience]),
      payload.text,
    );
  if (event === 'area:withdrawn') return EVENTS.areaWithdrawn(payload.by.userId);
  if (event === 'surge') return EVENTS.surge(payload.requests);
  if (event !== 'alert') return crossingText(event, payload);
  const driverId = payload.driverId ?? '';
  if (payload.zone !== undefined) return zoneAlertText(payload.driverId, payload.zone);
  if (payload.kind === 'second_device') return EVENTS.secondDevice(driverId);
  if (payload.kind === 'far_step')
    return farStepText(payload.step ?? 'completed')(driverId, distanceText(payload.awayM ?? 0));
  return payload.kind === 'driver_silent' ? EVENTS.driverSilent(driverId) : EVENTS.noDriver;
}

const farStepText = (step: TripState) =>
  step === 'arrived' ? EVENTS.farArrived : step === 'on_trip' ? EVENTS.farOnTrip : EVENTS.farCompleted;

const CROSSED = { 'zone:entered': 'enter', 'zone:left': 'exit', 'zone:dwelled': 'dwell' } as const;

const crossingText = (event: keyof typeof CROSSED, { driverId, name }: ZoneCrossing): string =>
  CROSSINGS[CROSSED[event]](driverId, name ?? EVENTS.removedZone);

/** Returns an alert about a driver and a zone as one line of text. */
export const zoneAlertText = (driverId: string | null, { name, event }: AlertedZone): string =>
  CROSSINGS.alert(CROSSINGS[event](driverId ?? '', name));

/** Returns how many users an alert has reached. */
export function reachedText(reached: Reached): string {
  const parts = (['riders', 'drivers', 'dispatchers'] as const).flatMap((audience) =>
    reached[audience] === 0 ? [] : [REACHED[audience](reached[audience])],
  );
  return parts.length === 0 ? REACHED.nobody : REACHED.all(parts);
}

const { noDriverMs, approachMs, waitMs } = ALERT_THRESHOLDS;
const minutes = (ms: number): string => plural(ms / 60_000, { one: 'a minute', other: '# minutes' });

/** An alert by its kind, and several of the kind. */
export const ALERTS = {
  driver_silent: {
    one: ({ driverId }: Alert) => `${driverId} has no signal during a trip`,
    many: (n: number) => plural(n, { other: '# drivers have no signal during a trip' }),
  },
  no_driver: {
    one: () => `A rider has been waiting for over ${minutes(noDriverMs)}`,
    many: (n: number) => plural(n, { other: `# riders have been waiting for over ${minutes(noDriverMs)}` }),
  },
  slow_approach: {
    one: ({ driverId }: Alert) => `${driverId} has been on the way for over ${minutes(approachMs)}`,
    many: (n: number) =>
      plural(n, { other: `# drivers have been on the way for over ${minutes(approachMs)}` }),
  },
  long_wait: {
    one: ({ driverId }: Alert) => `${driverId} has been waiting for over ${minutes(waitMs)}`,
    many: (n: number) => plural(n, { other: `# drivers have been waiting for over ${minutes(waitMs)}` }),
  },
  second_device: {
    one: ({ driverId }: Alert) => `${driverId} is signed in on two devices. Only the newer one is followed.`,
    many: (n: number) => plural(n, { other: '# drivers are signed in on two devices' }),
  },
  far_step: {
    one: ({ driverId }: Alert) => `${driverId} took a step of a trip far from its place`,
    many: (n: number) => plural(n, { other: '# steps of trips were taken far from their places' }),
  },
  node_gone: {
    one: ({ node }: Alert) => `${node} is down`,
    many: (n: number) => plural(n, { other: '# processes are down' }),
  },
  no_go: {
    one: ({ driverId, zone }: Alert) => `${driverId} is in ${zone}, which is off limits`,
    many: (n: number) => plural(n, { other: '# drivers are in zones that are off limits' }),
  },
  zone: {
    one: ({ driverId, zone }: Alert) => `${driverId} is in ${zone}`,
    many: (n: number) => plural(n, { other: '# drivers are in zones with alerts' }),
  },
  incident: {
    one: ({ incident }: Alert) => (incident === undefined ? INCIDENTS.other : incidentText(incident)),
    many: (n: number) => plural(n, { other: '# incidents were reported' }),
  },
} as const satisfies Record<Alert['kind'], unknown>;

/** Returns an alert as one line of text. */
export const alertText = (alert: Alert): string => ALERTS[alert.kind].one(alert);

/** Returns many alerts of one kind as one line of text. */
export const groupText = ({ kind, alerts }: AlertGroup): string => ALERTS[kind].many(alerts.length);

import type { RegionEvent } from '#sdk';
import type { Alert } from './alerts.js';

export const TEXTS = {
  activity: 'Activity',
  none: 'No activity yet',
  missed: 'Some events were missed while the connection was down. The trips are up to date.',
  alerts: (n: number) => (n === 1 ? '1 alert' : `${n} alerts`),
  dismiss: 'Dismiss',
} as const;

const INCIDENTS = { accident: 'Accident', breakdown: 'Breakdown', threat: 'Threat', other: 'Incident' };

/** Returns an event of a region as one line of text. */
export function eventText({ event, payload }: RegionEvent): string {
  if (event === 'incident')
    return `${INCIDENTS[payload.kind]} reported by ${payload.by.userId}${payload.text === '' ? '' : `: ${payload.text}`}`;
  if (event === 'surge') return `${payload.requests} trip requests within 5 minutes`;
  if (payload.kind === 'second_device') return `${payload.driverId} went online on a second device`;
  return payload.kind === 'driver_silent'
    ? `${payload.driverId} lost signal during a trip`
    : 'No driver accepted a trip';
}

const ALERTS: Record<Alert['kind'], (alert: Alert) => string> = {
  driver_silent: ({ driverId }) => `${driverId} has no signal during a trip`,
  no_driver: () => 'A rider has been waiting for over a minute',
  slow_approach: ({ driverId }) => `${driverId} has been on the way for over 20 minutes`,
  long_wait: ({ driverId }) => `${driverId} has been waiting for over 5 minutes`,
  second_device: ({ driverId }) => `${driverId} is signed in on two devices. Only the newer one is followed.`,
  node_gone: ({ node }) => `${node} is down`,
};

/** Returns an alert as one line of text. */
export const alertText = (alert: Alert): string => ALERTS[alert.kind](alert);

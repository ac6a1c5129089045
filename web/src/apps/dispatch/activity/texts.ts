import type { RegionEvent } from '#sdk';
import type { Alert } from './alerts.js';

export const TEXTS = {
  activity: 'Activity',
  quiet: 'Nothing has happened here yet.',
  missed: 'More happened than is kept while there was no connection. The trips were read anew.',
  alerts: (n: number) => (n === 1 ? '1 alert' : `${n} alerts`),
  noAlerts: 'No alerts',
  dismiss: 'Dismiss',
} as const;

const INCIDENTS = { accident: 'Accident', breakdown: 'Breakdown', threat: 'Threat', other: 'Incident' };

/** What happened, in a few words. */
export function wordsOf({ event, payload }: RegionEvent): string {
  if (event === 'incident')
    return `${INCIDENTS[payload.kind]} reported by ${payload.by.userId}${payload.text === '' ? '' : `: ${payload.text}`}`;
  if (event === 'surge') return `${payload.requests} trips requested within five minutes`;
  return payload.kind === 'driver_silent'
    ? `${payload.driverId} fell silent on a trip`
    : 'No driver took a trip';
}

const ALERTS: Record<Alert['kind'], (alert: Alert) => string> = {
  driver_silent: ({ driverId }) => `${driverId} is silent on a trip`,
  no_driver: () => 'A rider waits for over a minute',
  slow_approach: ({ driverId }) => `${driverId} has been on the way for over 20 minutes`,
  long_wait: ({ driverId }) => `${driverId} has waited for over 5 minutes`,
  node_gone: ({ node }) => `${node} is gone`,
};

export const alertWords = (alert: Alert): string => ALERTS[alert.kind](alert);

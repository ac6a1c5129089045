import { MINUTE_MS } from './timing.js';

/**
 * Thresholds of the alerts that dispatch gets about the fleet; the time without a signal is HEXFLEET_SILENT_MS, and that of an
 * incident HEXFLEET_INCIDENT_HOURS.
 */
export const ALERT_THRESHOLDS = {
  /** time that a rider waits for a driver, ms */
  noDriverMs: MINUTE_MS,
  /** time that a driver takes to the pick-up, ms */
  approachMs: 20 * MINUTE_MS,
  /** time that a driver waits at the pick-up, ms */
  waitMs: 5 * MINUTE_MS,
  /** time for which an event without an end is shown: a second device, a step far from its place, ms */
  eventMs: 10 * MINUTE_MS,
} as const;

import type { SharedTripState } from '../../shared/live/shared-trip.js';

/** After so long without a position the car may be elsewhere. */
const STALE_MS = 15_000;
/** In the last minute the figure goes down in steps of so many seconds. */
const STEP_S = 5;

/** How long something still takes, as one figure: 12 min, 45 s. */
export function remaining(ms: number): { value: string; unit: string } {
  const seconds = Math.max(STEP_S, Math.ceil(ms / 1_000 / STEP_S) * STEP_S);
  return seconds <= 60 - STEP_S
    ? { value: String(seconds), unit: 's' }
    : { value: String(Math.ceil(seconds / 60)), unit: 'min' };
}

/** Since the car was where it is shown, ms; null before it was anywhere. */
export function ageMs({ position, clockAheadMs }: SharedTripState, now: number): number | null {
  return position === null ? null : Math.max(0, now + clockAheadMs - position.t);
}

export const isStale = (age: number | null): boolean => age !== null && age > STALE_MS;

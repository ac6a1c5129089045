import type { ConnectionView } from '../../shared/live/connection-state.js';
import type { RiderState } from './state.js';
import { hasDriver } from './steps.js';

/** After so long without a position the car may be elsewhere. */
const OLD_MS = 15_000;

/** Since the followed car was where it is shown, ms; null while none is. */
export function positionAgeMs({ position, step }: RiderState, { clockAheadMs }: ConnectionView, now: number) {
  return position === null || !hasDriver(step) ? null : Math.max(0, now + clockAheadMs - position.t);
}

export function isOld(state: RiderState, line: ConnectionView, now: number): boolean {
  const ageMs = positionAgeMs(state, line, now);
  return state.isSilent || (ageMs !== null && ageMs > OLD_MS);
}

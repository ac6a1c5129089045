import type { Tracing } from '#ops';
import { isOpen } from '#protocol';
import type { TripChanged } from './trip-events.js';

/** Traces the time that a trip spent in each state, and at its end the whole trip. */
export function traceTrip(tracing: Tracing, { before, after }: TripChanged): void {
  if (!tracing.isOn || before === null || before.version === after.version || before.state === after.state)
    return;
  tracing.trip(after.id, before.state, before.version, before.changedAt, after.changedAt);
  if (!isOpen(after.state)) tracing.trip(after.id, null, after.version, after.createdAt, after.changedAt);
}

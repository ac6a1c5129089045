import { clock, type DriverLogs } from '#store';
import type { TripChanged } from './trip-events.js';
import { reasonOf } from './trip-notifier.js';

/** Logs what a change of a trip means for its driver, and for a driver who got or lost the offer. */
export function logTrip(logs: DriverLogs, { before, after }: TripChanged): void {
  // Not again when a change is handled again.
  if (before?.version === after.version) return;
  const { id: tripId, driverId, offer, state } = after;
  const at = clock.now();
  const previous = before?.offer ?? null;
  if (previous !== null && previous.driverId !== offer?.driverId)
    logs.add(previous.driverId, {
      kind: 'offer',
      at,
      tripId,
      outcome: previous.driverId === driverId ? 'accepted' : reasonOf(previous, after),
    });
  if (offer !== null && offer.driverId !== previous?.driverId)
    logs.add(offer.driverId, { kind: 'offer', at, tripId, outcome: 'made' });
  if (driverId !== null && state !== before?.state) logs.add(driverId, { kind: 'trip', at, tripId, state });
}

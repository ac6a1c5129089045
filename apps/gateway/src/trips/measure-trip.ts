import { isOpen } from '#protocol';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import type { TripChanged } from './trip-events.js';
import { reasonOf } from './trip-notifier.js';

/** Counts what a change of a trip ended: an offer, the search for a driver, or the trip. */
export function measureTrip(metrics: GatewayMetrics, { before, after }: TripChanged): void {
  // Also when a change is handled again.
  if (before === null || before.version === after.version) return;
  const { offer } = before;
  if (offer !== null && offer.driverId === after.driverId) metrics.offers.inc({ outcome: 'accepted' });
  else if (offer !== null && offer.driverId !== after.offer?.driverId)
    metrics.offers.inc({ outcome: reasonOf(offer, after) });
  if (before.driverId === null && after.driverId !== null)
    metrics.matching.observe((after.changedAt - after.createdAt) / 1_000);
  if (isOpen(before.state) && !isOpen(after.state))
    metrics.tripsEnded.inc({ outcome: after.cancelled?.reason ?? 'completed' });
}

import type { TripRecord } from './record.js';

/** Returns the driver who had the offer before the change and has neither the trip nor an offer after it; else null. */
export function driverWhoLostOffer(before: TripRecord, after: TripRecord): string | null {
  const previous = before.offer?.driverId ?? null;
  return previous === after.driverId || previous === after.offer?.driverId ? null : previous;
}

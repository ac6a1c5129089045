import type { Position, Role, Trip } from '#protocol';

/** Trip as it is stored: with all drivers that were ever offered it. */
export type TripRecord = Trip & { asked: string[] };

/** User who acts on a trip, from the token. */
export type Actor = { role: Role; userId: string };

/** Actor for changes that the service makes itself. */
export const SERVICE: Actor = { role: 'service', userId: '' };

export type NewTrip = {
  id: string;
  riderId: string;
  /** a driver named here has already accepted */
  driverId: string | null;
  pickup: Position;
  dropoff: Position;
};

/** Creates a trip. @param now epoch ms */
export function begin(trip: NewTrip, now: number): TripRecord {
  const state = trip.driverId === null ? 'requested' : 'accepted';
  return {
    ...trip,
    state,
    version: 1,
    createdAt: now,
    changedAt: now,
    times: { requested: now, [state]: now },
    cancelled: null,
    offer: null,
    eta: null,
    asked: [],
  };
}

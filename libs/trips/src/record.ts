import type { Position, Role, Trip } from '#protocol';

/** A trip as it is kept: with all drivers that were ever asked to take it. */
export type TripRecord = Trip & { asked: string[] };

/** Who wants something of a trip, from its token. */
export type Actor = { role: Role; userId: string };

/** The service itself. */
export const SERVICE: Actor = { role: 'service', userId: '' };

export type NewTrip = {
  id: string;
  riderId: string;
  /** has accepted already, when one is named */
  driverId: string | null;
  pickup: Position;
  dropoff: Position;
};

/** @param now epoch ms */
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

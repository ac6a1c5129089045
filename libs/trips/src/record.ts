import type { Position, Role, Trip } from '#protocol';

/** Trip as it is stored: with all drivers that were ever offered it. */
export type TripRecord = Trip & {
  asked: string[];
  /** queue of drivers that serves the pick-up; null or missing without one */
  queue?: TripZones['queue'];
  /** drivers who declined or did not answer an offer of a trip with a queue, and when, epoch ms */
  passed?: { driverId: string; at: number }[];
  /** wrong PINs that the driver entered */
  wrongPins?: number;
};

/** Effects of zones on a trip. */
export type TripZones = {
  queue: { region: string; zoneId: string } | null;
  /** factor on the price, 1 without one */
  surgeFactor: number;
};

export const NO_ZONES: TripZones = { queue: null, surgeFactor: 1 };

/** User who acts on a trip, from the token. `fleet` and `regions` limit dispatchers and services; absent means all. */
export type Actor = {
  role: Role;
  userId: string;
  fleet?: string | null;
  regions?: readonly string[] | null;
};

/** Actor for changes that the service makes itself. */
export const SERVICE: Actor = { role: 'service', userId: '' };

export type NewTrip = {
  id: string;
  riderId: string;
  /** a driver named here has already accepted */
  driverId: string | null;
  pickup: Position;
  dropoff: Position;
  /** fleet whose drivers are offered the trip; null for all */
  fleet?: string | null;
  /** four digits that the driver must enter to start */
  pin?: string;
} & Pick<TripRecord, 'vehicleClass' | 'seats' | 'driver'>;

/** Creates a trip. @param now epoch ms */
export function begin(
  { fleet = null, ...trip }: NewTrip,
  now: number,
  { queue, surgeFactor }: TripZones = NO_ZONES,
): TripRecord {
  const state = trip.driverId === null ? 'requested' : 'accepted';
  return {
    ...trip,
    ...(fleet === null ? {} : { fleet }),
    state,
    version: 1,
    createdAt: now,
    changedAt: now,
    times: { requested: now, [state]: now },
    cancelled: null,
    offer: null,
    eta: null,
    surgeFactor,
    asked: [],
    ...(queue === null ? {} : { queue, passed: [] }),
  };
}

import { type DriverProfile, type Trip, USUAL_CLASS, USUAL_SEATS } from '#protocol';

import type { TripRecord } from './record.js';

type Wanted = Pick<Trip, 'vehicleClass' | 'seats'>;

/** Class of the vehicle of a driver. @param profile null without one */
export const classOf = (profile: DriverProfile | null): string => profile?.vehicle.class ?? USUAL_CLASS;

/** Seats for riders in the vehicle of a driver. @param profile null without one */
export const seatsOf = (profile: DriverProfile | null): number => profile?.vehicle.seats ?? USUAL_SEATS;

/** Whether every vehicle suits a request, so that profiles need not be read. */
export const suitsAny = ({ vehicleClass, seats = 1 }: Wanted): boolean =>
  vehicleClass === undefined && seats <= 1;

/** Whether the vehicle of a driver has the class and the seats that a request needs. @param profile null without one */
export const suits = (profile: DriverProfile | null, { vehicleClass, seats = 1 }: Wanted): boolean =>
  (vehicleClass === undefined || classOf(profile) === vehicleClass) && seatsOf(profile) >= seats;

/** Returns a trip after a change with the profile of its driver, if the change gave it another driver. */
export function withProfile(
  before: Pick<Trip, 'driverId'>,
  after: TripRecord,
  profile: DriverProfile | null,
): TripRecord {
  if (after.driverId === before.driverId) return after;
  const { driver: _, ...trip } = after;
  return profile === null ? trip : { ...trip, driver: profile };
}

import { type Party, Refusal, type Trip } from '#protocol';
import type { Actor, TripRecord } from './record.js';

/**
 * Who may look at a trip: its rider, its driver, the driver that is asked just now; dispatchers and services at all.
 * @throws {Refusal} NOT_YOUR_TRIP to anybody else
 */
export function assertMaySee(trip: TripRecord, { role, userId }: Actor): void {
  if (role === 'dispatcher' || role === 'service') return;
  const isParty =
    role === 'rider' ? trip.riderId === userId : trip.driverId === userId || trip.offer?.driverId === userId;
  if (!isParty) throw new Refusal('NOT_YOUR_TRIP');
}

/**
 * As whom somebody is of a trip: its rider, or the driver that has accepted it.
 * @throws {Refusal} NOT_YOUR_TRIP to anybody else, also to a driver that was only asked
 */
export function partyOf({ riderId, driverId }: TripRecord, { role, userId }: Actor): Party {
  if (role === 'rider' && userId === riderId) return role;
  if (role === 'driver' && userId === driverId) return role;
  throw new Refusal('NOT_YOUR_TRIP');
}

/** What somebody who may look at it sees of a trip: who else was asked is nobody's business but dispatch's. */
export function viewOf({ asked: _, ...trip }: TripRecord, { role, userId }: Actor): Trip {
  if (role === 'dispatcher' || role === 'service') return trip;
  return trip.offer?.driverId === userId && role === 'driver' ? trip : { ...trip, offer: null };
}

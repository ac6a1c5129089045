import {
  type Eta,
  type Party,
  ProtocolError,
  type SharedPosition,
  type SharedTrip,
  type Trip,
} from '#protocol';
import type { Actor, TripRecord } from './record.js';

/**
 * Who may look at a trip: its rider, its driver, the driver that is asked just now; dispatchers and services at all.
 * @throws {ProtocolError} NOT_YOUR_TRIP to anybody else
 */
export function assertMaySee(trip: TripRecord, { role, userId }: Actor): void {
  if (role === 'dispatcher' || role === 'service') return;
  const isParty =
    role === 'rider' ? trip.riderId === userId : trip.driverId === userId || trip.offer?.driverId === userId;
  if (!isParty) throw new ProtocolError('NOT_YOUR_TRIP');
}

/**
 * As whom somebody is of a trip: its rider, or the driver that has accepted it.
 * @throws {ProtocolError} NOT_YOUR_TRIP to anybody else, also to a driver that was only asked
 */
export function partyOf({ riderId, driverId }: TripRecord, { role, userId }: Actor): Party {
  if (role === 'rider' && userId === riderId) return role;
  if (role === 'driver' && userId === driverId) return role;
  throw new ProtocolError('NOT_YOUR_TRIP');
}

/** What somebody who may look at it sees of a trip: who else was asked is nobody's business but dispatch's. */
export function viewOf({ asked: _, ...trip }: TripRecord, { role, userId }: Actor): Trip {
  if (role === 'dispatcher' || role === 'service') return trip;
  if (role === 'driver' && trip.driverId !== userId && trip.offer?.driverId !== userId) return declined(trip);
  return trip.offer?.driverId === userId && role === 'driver' ? trip : { ...trip, offer: null };
}

/** What somebody sees who was given a link to a trip: no ids, no places. */
export const sharedViewOf = ({ state, eta }: Trip): Omit<SharedTrip, 'position'> => ({
  state: state === 'offered' ? 'requested' : state,
  eta: eta === null || state === 'arrived' ? null : sharedEtaOf(eta),
});

export const sharedEtaOf = ({ to, distanceM, durationS, at, by }: Eta): Eta => ({
  to,
  distanceM,
  durationS,
  at,
  by,
});

export const sharedPositionOf = ({ t, lat, lng, heading, speedMps }: SharedPosition): SharedPosition => ({
  t,
  lat,
  lng,
  heading,
  speedMps,
});

/** To a driver that was asked and is not concerned any more: as it was then, whatever has become of it. */
const declined = ({ times, ...trip }: Trip): Trip => ({
  ...trip,
  state: 'requested',
  version: 0,
  times: times.requested === undefined ? {} : { requested: times.requested },
  changedAt: trip.createdAt,
  driverId: null,
  cancelled: null,
  offer: null,
  eta: null,
});

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
 * Checks that an actor may see a trip: its rider, its driver, the driver with the current offer, any dispatcher or service.
 * @throws {ProtocolError} NOT_YOUR_TRIP for anybody else
 */
export function assertMaySee(trip: TripRecord, { role, userId }: Actor): void {
  if (role === 'dispatcher' || role === 'service') return;
  const isParty =
    role === 'rider' ? trip.riderId === userId : trip.driverId === userId || trip.offer?.driverId === userId;
  if (!isParty) throw new ProtocolError('NOT_YOUR_TRIP');
}

/**
 * Returns the part that an actor has in a trip: its rider, or the driver who accepted it.
 * @throws {ProtocolError} NOT_YOUR_TRIP for anybody else, also for a driver who only has an offer
 */
export function partyOf({ riderId, driverId }: TripRecord, { role, userId }: Actor): Party {
  if (role === 'rider' && userId === riderId) return role;
  if (role === 'driver' && userId === driverId) return role;
  throw new ProtocolError('NOT_YOUR_TRIP');
}

/** Returns the trip as an actor sees it. Only dispatch sees the other drivers who were offered it. */
export function viewOf({ asked: _, ...trip }: TripRecord, { role, userId }: Actor): Trip {
  if (role === 'dispatcher' || role === 'service') return trip;
  if (role === 'driver' && trip.driverId !== userId && trip.offer?.driverId !== userId) return declined(trip);
  return trip.offer?.driverId === userId && role === 'driver' ? trip : { ...trip, offer: null };
}

/** Returns the trip as a share link shows it: no ids, no pick-up, no drop-off. */
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

export const sharedPositionOf = ({
  t,
  lat,
  lng,
  heading,
  speedMps,
  receivedAt,
}: SharedPosition): SharedPosition => ({
  t,
  lat,
  lng,
  heading,
  speedMps,
  receivedAt,
});

/** View for a driver who no longer has the offer: the trip as requested, whatever happened to it since. */
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

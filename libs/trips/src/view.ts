import { snapToGrid } from '#geo';
import { regionAt } from '#geo/cells';
import {
  type DriverProfile,
  type Eta,
  isOpen,
  type Party,
  type Position,
  ProtocolError,
  type SharedDriver,
  type SharedPosition,
  type SharedTrip,
  type Trip,
} from '#protocol';
import type { Actor, TripRecord } from './record.js';

/**
 * Checks that an actor may see a trip: its rider, its driver, the driver with the current offer, any dispatcher or service.
 * @throws {ProtocolError} NOT_YOUR_TRIP for anybody else, NOT_IN_SCOPE for dispatch with other fleets or regions
 */
export function assertMaySee(trip: TripRecord, by: Actor): void {
  const { role, userId } = by;
  if (role === 'dispatcher' || role === 'service') {
    assertInScope(trip, by);
    return;
  }
  const isParty =
    role === 'rider' ? trip.riderId === userId : trip.driverId === userId || trip.offer?.driverId === userId;
  if (!isParty) throw new ProtocolError('NOT_YOUR_TRIP');
}

/** Whether the fleet of a trip and the region of its pick-up are among those of a dispatcher or service. */
export const isInScope = (
  { fleet, pickup }: Pick<Trip, 'fleet' | 'pickup'>,
  by: Pick<Actor, 'fleet' | 'regions'>,
): boolean =>
  (by.fleet === undefined || by.fleet === null || fleet === by.fleet) &&
  (by.regions === undefined || by.regions === null || by.regions.includes(regionAt(pickup)));

/** @throws {ProtocolError} NOT_IN_SCOPE */
export function assertInScope(trip: Pick<Trip, 'fleet' | 'pickup'>, by: Actor): void {
  if (!isInScope(trip, by)) throw new ProtocolError('NOT_IN_SCOPE');
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

/** Step of the grid on which drivers see places that they need not know, metres. */
const ROUGH_M = 500;

/** Returns a place as drivers see it who need not know where it is: which part of town. */
export const roughly = (place: Position): Position => snapToGrid(place, ROUGH_M);

/**
 * Returns the trip as an actor who may see it sees it. Only dispatch sees the offers to others and the fleet, and only the
 * rider the PIN. A driver sees who rides, and where to, while it drives the trip.
 * @throws {ProtocolError} NOT_YOUR_TRIP for a driver without part in it, see {@link isWithoutPart}
 */
export function viewOf(
  { asked: _, queue: __, passed: ___, wrongPins: ____, pin, offers, ...record }: TripRecord,
  by: Actor,
): Trip {
  const { role, userId } = by;
  const whole: Trip = pin === undefined ? record : { ...record, needsPin: true };
  if (role === 'dispatcher' || role === 'service') return offers === undefined ? whole : { ...whole, offers };
  const { fleet: _____, ...trip } = whole;
  if (isWithoutPart(trip, by)) throw new ProtocolError('NOT_YOUR_TRIP');
  if (role === 'rider' && pin !== undefined) trip.pin = pin;
  if (role === 'driver') hideFromDriver(trip, trip.driverId === userId);
  return trip.offer?.driverId === userId && role === 'driver' ? trip : { ...trip, offer: null };
}

/** Leaves out of a copy of a trip what its driver need not know yet, or any more. */
function hideFromDriver(trip: Trip, hasAccepted: boolean): void {
  if (hasAccepted && isOpen(trip.state)) return;
  trip.riderId = '';
  trip.dropoff = roughly(trip.dropoff);
  if (hasAccepted) trip.pickup = roughly(trip.pickup);
}

/** Whether an actor is a driver who neither drives the trip nor has its offer, as after declining it. */
export const isWithoutPart = ({ driverId, offer }: Trip, { role, userId }: Actor): boolean =>
  role === 'driver' && driverId !== userId && offer?.driverId !== userId;

/**
 * Returns the trip as a share link shows it: no ids, pick-up and destination only if the link shows places, and the driver only
 * while the trip is open.
 */
export const sharedViewOf = (
  { state, eta, pickup, dropoff, driver }: Trip,
  { showsPlaces }: { showsPlaces: boolean },
): Omit<SharedTrip, 'position'> => ({
  pickup: showsPlaces ? pickup : null,
  dropoff: showsPlaces ? dropoff : null,
  state: state === 'offered' ? 'requested' : state,
  eta: eta === null || state === 'arrived' ? null : sharedEtaOf(eta),
  driver: driver === undefined || !isOpen(state) ? null : sharedDriverOf(driver),
});

const sharedDriverOf = ({ name, photoUrl, vehicle }: DriverProfile): SharedDriver => {
  const { make, model, colour, plate } = vehicle;
  return { firstName: name.split(' ', 1)[0]!, photoUrl, vehicle: { make, model, colour, plate } };
};

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

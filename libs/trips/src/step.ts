import { isOpen, mayFollow, type Offer, ProtocolError, type TripChange, type TripState } from '#protocol';
import type { Actor, TripRecord } from './record.js';

/**
 * Applies a change of state that an actor requests. A change that has already been made returns the trip unchanged: the
 * response to the first request may have been lost.
 * @param now epoch ms
 * @throws {ProtocolError} BAD_STATE with the state it is in; NOT_YOUR_TRIP, WRONG_ROLE, OFFER_OVER, BAD_ID
 */
export function change(trip: TripRecord, wanted: TripChange, by: Actor, now: number): TripRecord {
  // Only the service itself makes offers.
  if (wanted.state === 'offered') throw new ProtocolError('WRONG_ROLE');
  if (by.role === 'rider') return byRider(trip, wanted, by, now);
  if (by.role === 'driver') return byDriver(trip, wanted, by, now);
  return byDispatch(trip, wanted, by, now);
}

/** A rider may only cancel; the other steps belong to the driver. */
function byRider(trip: TripRecord, { state }: TripChange, by: Actor, now: number): TripRecord {
  if (trip.riderId !== by.userId) throw new ProtocolError('NOT_YOUR_TRIP');
  if (state !== 'cancelled') throw new ProtocolError('WRONG_ROLE');
  return goOn(trip, state, by, now);
}

function byDriver(trip: TripRecord, { state }: TripChange, by: Actor, now: number): TripRecord {
  const { userId } = by;
  if (trip.driverId === userId) return goOn(trip, state, by, now);
  if (!trip.asked.includes(userId)) throw new ProtocolError('NOT_YOUR_TRIP');
  if (state !== 'accepted' && state !== 'requested') throw new ProtocolError('NOT_YOUR_TRIP');
  const { offer } = trip;
  if (offer?.driverId === userId) {
    if (state === 'requested') return withdraw(trip, now);
    if (now <= offer.expiresAt) return assign(trip, userId, now);
  } else if (state === 'requested' && (trip.state === 'requested' || trip.state === 'offered')) return trip;
  throw new ProtocolError('OFFER_OVER');
}

function byDispatch(trip: TripRecord, { state, driverId }: TripChange, by: Actor, now: number): TripRecord {
  if (state === 'requested' && trip.state === 'offered') return withdraw(trip, now);
  if (state !== 'accepted' || !mayFollow(trip.state, state)) return goOn(trip, state, by, now, driverId);
  if (driverId === undefined) throw new ProtocolError('BAD_ID', 'driverId');
  // A manual assignment reserves the driver with an offer first.
  if (trip.offer?.driverId !== driverId) throw new ProtocolError('OFFER_OVER');
  return assign(trip, driverId, now);
}

function goOn(trip: TripRecord, to: TripState, by: Actor, now: number, driverId = trip.driverId): TripRecord {
  if (trip.state === to && trip.driverId === driverId) return trip;
  if (!mayFollow(trip.state, to)) throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  if (to === 'cancelled')
    return enter(trip, to, now, { cancelled: { by: by.role, reason: 'called_off' }, eta: null });
  // The old ETA is to the pick-up; from here on the ETA to the destination counts.
  return enter(trip, to, now, to === 'on_trip' || to === 'completed' ? { eta: null } : {});
}

/** Offers the trip to a driver. @throws {ProtocolError} BAD_STATE unless the trip is requested */
export function makeOffer(trip: TripRecord, offer: Offer, now: number): TripRecord {
  if (trip.state !== 'requested') throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  const asked = [...new Set([...trip.asked, offer.driverId])];
  return enter(trip, 'offered', now, { offer, asked });
}

/** Withdraws the offer, so that another driver can get one; a trip without an offer is returned unchanged. */
export function withdraw(trip: TripRecord, now: number): TripRecord {
  return trip.state === 'offered' ? enter(trip, 'requested', now) : trip;
}

/** Cancels a trip that no driver accepted; one that was accepted in the meantime is returned unchanged. */
export function giveUp(trip: TripRecord, now: number): TripRecord {
  if (trip.state !== 'requested' && trip.state !== 'offered') return trip;
  return enter(trip, 'cancelled', now, { cancelled: { by: 'service', reason: 'no_driver' } });
}

/** Cancels a trip that cannot continue because its rider or its driver has another one. */
export function cancelConflicting(trip: TripRecord, now: number): TripRecord {
  if (!isOpen(trip.state)) return trip;
  return enter(trip, 'cancelled', now, { cancelled: { by: 'service', reason: 'called_off' }, eta: null });
}

const assign = (trip: TripRecord, driverId: string, now: number): TripRecord =>
  enter(trip, 'accepted', now, { driverId });

/** Moves a trip to a state. Times never run backwards, although the clocks of gateways differ. */
function enter(
  trip: TripRecord,
  state: TripState,
  now: number,
  change: Partial<TripRecord> = {},
): TripRecord {
  const changedAt = Math.max(now, trip.changedAt);
  const times = { ...trip.times, [state]: changedAt };
  return { ...trip, offer: null, ...change, state, version: trip.version + 1, changedAt, times };
}

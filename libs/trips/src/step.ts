import {
  isOpen,
  mayFollow,
  type Offer,
  type PastOffer,
  type Position,
  ProtocolError,
  type TripChange,
  type TripState,
} from '#protocol';
import type { Actor, TripRecord } from './record.js';
import { assertInScope } from './view.js';

/** Wrong PINs after which a driver cannot try again: the chance of a guess is then 1 in 2,000. */
const MAX_WRONG_PINS = 5;

/** Offers that a trip remembers: dispatch sees who was asked last. */
const MAX_OFFERS = 20;

/**
 * Applies a change of state that an actor requests. A change that has already been made returns the trip unchanged: the
 * response to the first request may have been lost.
 * @param now epoch ms
 * @throws {ProtocolError} BAD_STATE with the state it is in; NOT_YOUR_TRIP, NOT_IN_SCOPE, WRONG_ROLE, OFFER_OVER, BAD_ID,
 * NO_SHOW_TOO_EARLY, TOO_MANY_PINS
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

function byDriver(trip: TripRecord, { state, pin, noShow }: TripChange, by: Actor, now: number): TripRecord {
  const { userId } = by;
  if (trip.driverId === userId) {
    if (state === 'cancelled' && noShow === true) return cancelNoShow(trip, by, now);
    if (state === 'on_trip' && trip.state === 'arrived' && !isPinRight(trip, pin)) return withWrongPin(trip);
    return goOn(trip, state, by, now);
  }
  if (!trip.asked.includes(userId)) throw new ProtocolError('NOT_YOUR_TRIP');
  if (state !== 'accepted' && state !== 'requested') throw new ProtocolError('NOT_YOUR_TRIP');
  const { offer } = trip;
  if (offer?.driverId === userId) {
    if (state === 'requested') return pass(trip, now);
    if (now <= offer.expiresAt) return assign(trip, userId, now, 'accepted');
  } else if (state === 'requested' && (trip.state === 'requested' || trip.state === 'offered')) return trip;
  throw new ProtocolError('OFFER_OVER');
}

/** Whether a driver may start: a trip without a PIN always. @throws {ProtocolError} TOO_MANY_PINS */
function isPinRight({ pin, wrongPins = 0 }: TripRecord, entered: string | undefined): boolean {
  if (pin === undefined) return true;
  if (wrongPins >= MAX_WRONG_PINS) throw new ProtocolError('TOO_MANY_PINS');
  return pin === entered;
}

/** Counts a wrong PIN; only the state decides whether a trip has started. */
const withWrongPin = (trip: TripRecord): TripRecord => ({
  ...trip,
  version: trip.version + 1,
  wrongPins: (trip.wrongPins ?? 0) + 1,
});

/** Cancels a trip whose rider did not come. */
function cancelNoShow(trip: TripRecord, by: Actor, now: number): TripRecord {
  const isRepeated = trip.state === 'cancelled' && trip.cancelled?.reason === 'no_show';
  if (isRepeated) return trip;
  if (trip.state !== 'arrived') throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  if (now < (trip.noShowAt ?? 0)) throw new ProtocolError('NO_SHOW_TOO_EARLY');
  return enter(trip, 'cancelled', now, { cancelled: { by: by.role, reason: 'no_show' }, eta: null });
}

/** Records when the driver of a trip that waits may cancel it because the rider did not come. */
export const withNoShow = (trip: TripRecord, afterMs: number): TripRecord =>
  trip.state === 'arrived' && trip.noShowAt === undefined
    ? { ...trip, noShowAt: trip.changedAt + afterMs }
    : trip;

/**
 * Records the rider's rating.
 * @throws {ProtocolError} BAD_STATE before the end; NOT_YOUR_TRIP for anybody but its rider
 */
export function rate(trip: TripRecord, stars: number, by: Actor): TripRecord {
  if (by.role !== 'rider' || by.userId !== trip.riderId) throw new ProtocolError('NOT_YOUR_TRIP');
  if (trip.state !== 'completed') throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  return trip.rating === stars ? trip : { ...trip, rating: stars, version: trip.version + 1 };
}

function byDispatch(trip: TripRecord, { state, driverId }: TripChange, by: Actor, now: number): TripRecord {
  assertInScope(trip, by);
  if (state === 'requested' && trip.state === 'offered') return withdraw(trip, now);
  if (state !== 'accepted' || !mayFollow(trip.state, state)) return goOn(trip, state, by, now, driverId);
  if (driverId === undefined) throw new ProtocolError('BAD_ID', 'driverId');
  // A manual assignment reserves the driver with an offer first.
  if (trip.offer?.driverId !== driverId) throw new ProtocolError('OFFER_OVER');
  return assign(trip, driverId, now, 'assigned');
}

function goOn(trip: TripRecord, to: TripState, by: Actor, now: number, driverId = trip.driverId): TripRecord {
  if (trip.state === to && trip.driverId === driverId) return trip;
  if (!mayFollow(trip.state, to)) throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  if (to === 'cancelled')
    return enter(trip, to, now, { cancelled: { by: by.role, reason: 'called_off' }, eta: null });
  // The old ETA is to the pick-up; from here on the ETA to the destination counts.
  return enter(trip, to, now, to === 'on_trip' || to === 'completed' ? { eta: null } : {});
}

/** Returns where a driver should be to bring a trip into a state; null for a state without a place. */
export function placeOf(trip: TripRecord, state: TripState): Position | null {
  if (state === 'arrived' || state === 'on_trip') return trip.pickup;
  return state === 'completed' ? trip.dropoff : null;
}

/** Records how far its driver was from the place of the step just taken, metres. */
export const withAway = (trip: TripRecord, metres: number): TripRecord => ({
  ...trip,
  awayM: { ...trip.awayM, [trip.state]: Math.round(metres) },
});

/** Offers the trip to a driver. @throws {ProtocolError} BAD_STATE unless the trip is requested */
export function makeOffer(trip: TripRecord, offer: Offer, now: number): TripRecord {
  if (trip.state !== 'requested') throw new ProtocolError('BAD_STATE', `it is ${trip.state}`);
  const asked = [...new Set([...trip.asked, offer.driverId])];
  const made: PastOffer = { driverId: offer.driverId, at: now, answer: 'pending', answeredAt: null };
  const offers = [...answered(trip.offers, 'withdrawn', now), made].slice(-MAX_OFFERS);
  return enter(trip, 'offered', now, { offer, asked, offers });
}

/** Withdraws the offer, so that another driver can get one; a trip without an offer is returned unchanged. */
export function withdraw(
  trip: TripRecord,
  now: number,
  answer: PastOffer['answer'] = 'withdrawn',
): TripRecord {
  if (trip.state !== 'offered') return trip;
  return enter(trip, 'requested', now, { offers: answered(trip.offers, answer, now) });
}

/** Withdraws the offer to this driver; a trip that is offered to nobody or to another driver is returned unchanged. */
export const withdrawFrom = (driverId: string, trip: TripRecord, now: number): TripRecord =>
  trip.offer?.driverId === driverId ? withdraw(trip, now) : trip;

/** Ends the offer of a trip that its driver declined or did not answer. */
export function pass(trip: TripRecord, now: number): TripRecord {
  const { offer, queue, passed = [] } = trip;
  if (offer === null) return withdraw(trip, now);
  const ended = withdraw(trip, now, now > offer.expiresAt ? 'expired' : 'declined');
  if (!queue) return ended;
  return { ...ended, passed: [...passed, { driverId: offer.driverId, at: now }] };
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

const assign = (trip: TripRecord, driverId: string, now: number, answer: PastOffer['answer']): TripRecord =>
  enter(trip, 'accepted', now, { driverId, offers: answered(trip.offers, answer, now) });

/** Returns the offers with this answer to the one that has none yet. */
const answered = (
  offers: readonly PastOffer[] = [],
  answer: PastOffer['answer'],
  answeredAt: number,
): PastOffer[] =>
  offers.map((offer) => (offer.answer === 'pending' ? { ...offer, answer, answeredAt } : offer));

/** Moves a trip to a state. Times never run backwards, although the clocks of gateways differ. */
function enter(
  trip: TripRecord,
  state: TripState,
  now: number,
  change: Partial<TripRecord> = {},
): TripRecord {
  const changedAt = Math.max(now, trip.changedAt);
  const times = { ...trip.times, [state]: changedAt };
  const offers = trip.offers === undefined ? {} : { offers: answered(trip.offers, 'withdrawn', now) };
  return { ...trip, offer: null, ...offers, ...change, state, version: trip.version + 1, changedAt, times };
}

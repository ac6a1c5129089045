import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODES, isOpen, mayFollow, type Offer, ProtocolError, TripState } from '#protocol';
import { type Actor, begin, change, giveUp, makeOffer, type TripRecord, viewOf, withdraw } from './index.js';

const NOW = Date.UTC(2026, 0, 8);
const place = { lat: 40.75, lng: -73.99 };
const rider: Actor = { role: 'rider', userId: 'r' };
const driver: Actor = { role: 'driver', userId: 'd' };
const other: Actor = { role: 'driver', userId: 'other' };
const dispatcher: Actor = { role: 'dispatcher', userId: 'dispatcher' };

const requested = () => begin({ id: 't', riderId: 'r', driverId: null, pickup: place, dropoff: place }, NOW);
const offerTo = ({ userId }: Actor): Offer => ({
  driverId: userId,
  expiresAt: NOW + 15_000,
  distanceM: 800,
  durationS: 120,
  by: 'straight_line',
});
const offered = () => makeOffer(requested(), offerTo(driver), NOW);
const go = (trip: TripRecord, state: TripState, by: Actor, now = NOW) => change(trip, { state }, by, now);
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as ProtocolError).code;
  }
  return 'done';
};

describe('a change', () => {
  test('leads from a request to completion, and records the times', () => {
    let trip = offered();
    const states = ['accepted', 'arriving', 'arrived', 'on_trip', 'completed'] as const;
    for (const [i, state] of states.entries()) trip = go(trip, state, driver, NOW + i);
    expect(trip).toMatchObject({ state: 'completed', driverId: 'd', offer: null, version: 7 });
    expect(trip.times).toMatchObject({ requested: NOW, offered: NOW, accepted: NOW, completed: NOW + 4 });
  });

  test('returns the trip unchanged when it has already been made', () => {
    const trip = go(offered(), 'accepted', driver);
    expect(go(trip, 'accepted', driver)).toBe(trip);
    expect(change(trip, { state: 'accepted', driverId: 'd' }, dispatcher, NOW)).toBe(trip);
    const declined = go(offered(), 'requested', driver);
    expect(go(declined, 'requested', driver)).toBe(declined);
    const over = go(trip, 'cancelled', rider);
    expect(go(over, 'cancelled', rider)).toBe(over);
  });

  test('is refused, with the current state, when it does not follow from it', () => {
    const trip = go(offered(), 'accepted', driver);
    expect(() => go(trip, 'on_trip', driver)).toThrow(`${CODES.BAD_STATE.message} (it is accepted)`);
    expect(codeOf(() => change(trip, { state: 'accepted', driverId: 'other' }, dispatcher, NOW))).toBe(
      'BAD_STATE',
    );
  });

  test('never sets a time before the previous one', () => {
    expect(go(offered(), 'accepted', driver, NOW - 500).changedAt).toBe(NOW);
  });

  test('only ever follows the table of states, whoever makes it', () => {
    const actors = [rider, driver, other, dispatcher, { role: 'service', userId: 's' } as const];
    const move = fc.record({ by: fc.constantFrom(...actors), state: fc.constantFrom(...TripState.options) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        let trip = requested();
        for (const { by, state } of moves) {
          const before = trip;
          if (trip.state === 'requested') trip = makeOffer(trip, offerTo(other), NOW);
          const from = trip;
          try {
            trip = change(trip, { state, driverId: 'other' }, by, NOW);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
          if (trip !== from) expect(mayFollow(from.state, trip.state)).toBe(true);
          expect(trip.version).toBeGreaterThanOrEqual(before.version);
          const taken = isOpen(trip.state) && trip.state !== 'requested' && trip.state !== 'offered';
          if (taken) expect(trip.driverId).not.toBeNull();
          expect(trip.offer !== null).toBe(trip.state === 'offered');
        }
      }),
    );
  });
});

describe('an offer', () => {
  test('is accepted by its driver before it expires, and by nobody else', () => {
    expect(go(offered(), 'accepted', driver).driverId).toBe('d');
    expect(codeOf(() => go(offered(), 'accepted', driver, NOW + 15_001))).toBe('OFFER_OVER');
    expect(codeOf(() => go(offered(), 'accepted', other))).toBe('NOT_YOUR_TRIP');
    const next = makeOffer(go(offered(), 'requested', driver), offerTo(other), NOW);
    expect(codeOf(() => go(next, 'accepted', driver))).toBe('OFFER_OVER');
    const taken = go(next, 'accepted', other);
    expect(codeOf(() => go(taken, 'accepted', driver))).toBe('OFFER_OVER');
    expect(taken.asked).toEqual(['d', 'other']);
  });

  test('lets its driver do nothing but accept or decline', () => {
    for (const state of ['cancelled', 'arriving', 'completed'] as const)
      expect(codeOf(() => go(offered(), state, driver))).toBe('NOT_YOUR_TRIP');
  });

  test('is made only by the service itself', () => {
    for (const by of [rider, driver, dispatcher])
      expect(codeOf(() => go(requested(), 'offered', by))).toBe('WRONG_ROLE');
    expect(codeOf(() => makeOffer(offered(), offerTo(other), NOW))).toBe('BAD_STATE');
  });

  test('is withdrawn, or the trip is given up, unless the driver accepted first', () => {
    expect(withdraw(offered(), NOW)).toMatchObject({ state: 'requested', offer: null, asked: ['d'] });
    expect(giveUp(offered(), NOW)).toMatchObject({
      state: 'cancelled',
      cancelled: { by: 'service', reason: 'no_driver' },
    });
    const taken = go(offered(), 'accepted', driver);
    expect(withdraw(taken, NOW)).toBe(taken);
    expect(giveUp(taken, NOW)).toBe(taken);
  });
});

test('a rider calls its own trip off and does nothing else', () => {
  expect(go(offered(), 'cancelled', rider).cancelled).toEqual({ by: 'rider', reason: 'called_off' });
  expect(codeOf(() => go(offered(), 'accepted', rider))).toBe('WRONG_ROLE');
  expect(codeOf(() => go(offered(), 'cancelled', { role: 'rider', userId: 'x' }))).toBe('NOT_YOUR_TRIP');
});

test('a dispatcher assigns a driver who is reserved by an offer', () => {
  expect(change(offered(), { state: 'accepted', driverId: 'd' }, dispatcher, NOW).driverId).toBe('d');
  expect(codeOf(() => change(offered(), { state: 'accepted', driverId: 'other' }, dispatcher, NOW))).toBe(
    'OFFER_OVER',
  );
  expect(codeOf(() => go(offered(), 'accepted', dispatcher))).toBe('BAD_ID');
  expect(go(offered(), 'requested', dispatcher)).toMatchObject({ state: 'requested', asked: ['d'] });
});

test('an offer is visible to dispatch and to its driver, not to the rider', () => {
  const trip = offered();
  expect(viewOf(trip, dispatcher)).not.toHaveProperty('asked');
  expect(viewOf(trip, dispatcher).offer).toEqual(offerTo(driver));
  expect(viewOf(trip, driver).offer).toEqual(offerTo(driver));
  expect(viewOf(trip, rider).offer).toBeNull();
  expect(JSON.stringify(viewOf(trip, rider))).not.toContain('"d"');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CODES, isOpen, mayFollow, type Offer, ProtocolError, TripState } from '#protocol';
import { type Actor, begin, change, giveUp, makeOffer, type TripRecord, viewOf, withdraw } from './index.js';

const NOW = Date.UTC(2026, 0, 8);
const place = { lat: 40.75, lng: -73.99 };
const rider: Actor = { role: 'rider', userId: 'r' };
const driver: Actor = { role: 'driver', userId: 'd' };
const other: Actor = { role: 'driver', userId: 'other' };
const desk: Actor = { role: 'dispatcher', userId: 'desk' };

const requested = () => begin({ id: 't', riderId: 'r', driverId: null, pickup: place, dropoff: place }, NOW);
const offerTo = ({ userId }: Actor): Offer => ({
  driverId: userId,
  expiresAt: NOW + 15_000,
  distanceM: 800,
  durationS: 120,
  by: 'detour',
});
const offered = () => makeOffer(requested(), offerTo(driver), NOW);
const go = (trip: TripRecord, state: TripState, by: Actor, now = NOW) => change(trip, { state }, by, now);
const refused = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as ProtocolError).code;
  }
  return 'done';
};

describe('a change', () => {
  test('leads from a request to the end, and remembers when', () => {
    let trip = offered();
    const states = ['accepted', 'arriving', 'arrived', 'on_trip', 'completed'] as const;
    for (const [i, state] of states.entries()) trip = go(trip, state, driver, NOW + i);
    expect(trip).toMatchObject({ state: 'completed', driverId: 'd', offer: null, version: 7 });
    expect(trip.times).toMatchObject({ requested: NOW, offered: NOW, accepted: NOW, completed: NOW + 4 });
  });

  test('that is made already changes nothing', () => {
    const trip = go(offered(), 'accepted', driver);
    expect(go(trip, 'accepted', driver)).toBe(trip);
    expect(change(trip, { state: 'accepted', driverId: 'd' }, desk, NOW)).toBe(trip);
    const declined = go(offered(), 'requested', driver);
    expect(go(declined, 'requested', driver)).toBe(declined);
    const over = go(trip, 'cancelled', rider);
    expect(go(over, 'cancelled', rider)).toBe(over);
  });

  test('that does not follow is refused with the state it is in', () => {
    const trip = go(offered(), 'accepted', driver);
    expect(() => go(trip, 'on_trip', driver)).toThrow(`${CODES.BAD_STATE.message} (it is accepted)`);
    expect(refused(() => change(trip, { state: 'accepted', driverId: 'other' }, desk, NOW))).toBe(
      'BAD_STATE',
    );
  });

  test('of time never runs backwards', () => {
    expect(go(offered(), 'accepted', driver, NOW - 500).changedAt).toBe(NOW);
  });

  test('by no matter whom only ever follows the table', () => {
    const actors = [rider, driver, other, desk, { role: 'service', userId: 's' } as const];
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
  test('is taken by the one who has it, in time, and by nobody else', () => {
    expect(go(offered(), 'accepted', driver).driverId).toBe('d');
    expect(refused(() => go(offered(), 'accepted', driver, NOW + 15_001))).toBe('OFFER_OVER');
    expect(refused(() => go(offered(), 'accepted', other))).toBe('NOT_YOUR_TRIP');
    const next = makeOffer(go(offered(), 'requested', driver), offerTo(other), NOW);
    expect(refused(() => go(next, 'accepted', driver))).toBe('OFFER_OVER');
    const taken = go(next, 'accepted', other);
    expect(refused(() => go(taken, 'accepted', driver))).toBe('OFFER_OVER');
    expect(taken.asked).toEqual(['d', 'other']);
  });

  test('gives its driver no other power', () => {
    for (const state of ['cancelled', 'arriving', 'completed'] as const)
      expect(refused(() => go(offered(), state, driver))).toBe('NOT_YOUR_TRIP');
  });

  test('comes from the service itself', () => {
    for (const by of [rider, driver, desk])
      expect(refused(() => go(requested(), 'offered', by))).toBe('WRONG_ROLE');
    expect(refused(() => makeOffer(offered(), offerTo(other), NOW))).toBe('BAD_STATE');
  });

  test('is taken back, or given up, unless somebody was faster', () => {
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
  expect(refused(() => go(offered(), 'accepted', rider))).toBe('WRONG_ROLE');
  expect(refused(() => go(offered(), 'cancelled', { role: 'rider', userId: 'x' }))).toBe('NOT_YOUR_TRIP');
});

test('a dispatcher assigns a driver by name, once that one is reserved', () => {
  expect(change(offered(), { state: 'accepted', driverId: 'd' }, desk, NOW).driverId).toBe('d');
  expect(refused(() => change(offered(), { state: 'accepted', driverId: 'other' }, desk, NOW))).toBe(
    'OFFER_OVER',
  );
  expect(refused(() => go(offered(), 'accepted', desk))).toBe('BAD_ID');
  expect(go(offered(), 'requested', desk)).toMatchObject({ state: 'requested', asked: ['d'] });
});

test('who was asked is seen by dispatch, and an offer by the one who has it', () => {
  const trip = offered();
  expect(viewOf(trip, desk)).not.toHaveProperty('asked');
  expect(viewOf(trip, desk).offer).toEqual(offerTo(driver));
  expect(viewOf(trip, driver).offer).toEqual(offerTo(driver));
  expect(viewOf(trip, rider).offer).toBeNull();
  expect(JSON.stringify(viewOf(trip, rider))).not.toContain('"d"');
});

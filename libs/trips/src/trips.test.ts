import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceM } from '#geo';
import { CODES, isOpen, mayFollow, type Offer, ProtocolError, TripState } from '#protocol';
import {
  type Actor,
  begin,
  change,
  giveUp,
  makeOffer,
  pass,
  rate,
  roughly,
  type TripRecord,
  viewOf,
  withdraw,
  withNoShow,
} from './index.js';

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

  test('remembers who was asked and what they answered, for dispatch only', () => {
    const offerOf = (trip: TripRecord, to: Actor, now: number) =>
      makeOffer(trip, { ...offerTo(to), expiresAt: now + 15_000 }, now);
    const declined = go(offered(), 'requested', driver, NOW + 1);
    const expired = pass(offerOf(declined, other, NOW + 2), NOW + 20_000);
    const third: Actor = { role: 'driver', userId: 'third' };
    const accepted = go(offerOf(expired, third, NOW + 21_000), 'accepted', third, NOW + 22_000);
    const answers = [
      { driverId: 'd', at: NOW, answer: 'declined', answeredAt: NOW + 1 },
      { driverId: 'other', at: NOW + 2, answer: 'expired', answeredAt: NOW + 20_000 },
      { driverId: 'third', at: NOW + 21_000, answer: 'accepted', answeredAt: NOW + 22_000 },
    ];
    expect(viewOf(accepted, dispatcher).offers).toEqual(answers);
    for (const actor of [rider, third]) expect(viewOf(accepted, actor)).not.toHaveProperty('offers');
    expect(() => viewOf(accepted, driver)).toThrow();
    const withdrawn = go(offered(), 'cancelled', rider, NOW + 3);
    expect(withdrawn.offers).toMatchObject([{ answer: 'withdrawn', answeredAt: NOW + 3 }]);
    const assigned = change(offered(), { state: 'accepted', driverId: 'd' }, dispatcher, NOW + 4);
    expect(assigned.offers).toMatchObject([{ answer: 'assigned' }]);
    let many = requested();
    for (let i = 0; i < 25; i += 1) many = withdraw(makeOffer(many, offerTo(driver), NOW + i), NOW + i);
    expect(many.offers).toHaveLength(20);
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

describe('a trip with a PIN', () => {
  const arrived = () => {
    const trip = begin(
      { id: 't', riderId: 'r', driverId: 'd', pickup: place, dropoff: place, pin: '0417' },
      NOW,
    );
    return go(go(trip, 'arriving', driver), 'arrived', driver);
  };
  const start = (trip: TripRecord, pin?: string) => change(trip, { state: 'on_trip', pin }, driver, NOW);

  test('starts with it only, and a driver has five attempts', () => {
    expect(start(arrived(), '0417').state).toBe('on_trip');
    let trip = start(arrived());
    for (const pin of ['1111', '2222', '3333', '4444']) trip = start(trip, pin);
    expect(trip).toMatchObject({ state: 'arrived', wrongPins: 5 });
    expect(codeOf(() => start(trip, '0417'))).toBe('TOO_MANY_PINS');
    expect(go(trip, 'on_trip', dispatcher).state).toBe('on_trip');
  });

  test('shows it to its rider alone', () => {
    expect(viewOf(arrived(), rider)).toMatchObject({ pin: '0417', needsPin: true });
    for (const actor of [driver, dispatcher]) {
      expect(viewOf(arrived(), actor)).not.toHaveProperty('pin');
      expect(viewOf(arrived(), actor)).toMatchObject({ needsPin: true });
    }
    expect(viewOf(start(arrived(), '1'.repeat(4)), rider)).not.toHaveProperty('wrongPins');
    expect(viewOf(requested(), rider)).not.toHaveProperty('needsPin');
  });
});

describe('a rider who does not come', () => {
  const noShow = (trip: TripRecord, now: number) =>
    change(trip, { state: 'cancelled', noShow: true }, driver, now);
  const waiting = () =>
    withNoShow(go(go(go(offered(), 'accepted', driver), 'arriving', driver), 'arrived', driver), 60_000);

  test('may be left once the driver has waited long enough', () => {
    expect(waiting().noShowAt).toBe(NOW + 60_000);
    expect(codeOf(() => noShow(waiting(), NOW + 59_999))).toBe('NO_SHOW_TOO_EARLY');
    const left = noShow(waiting(), NOW + 60_000);
    expect(left).toMatchObject({ state: 'cancelled', cancelled: { by: 'driver', reason: 'no_show' } });
    expect(noShow(left, NOW + 70_000)).toBe(left);
    expect(withNoShow(waiting(), 1)).toEqual(waiting());
  });

  test('cannot be left before the driver has arrived or after the trip has started', () => {
    const accepted = go(offered(), 'accepted', driver);
    expect(codeOf(() => noShow(accepted, NOW + 1e9))).toBe('BAD_STATE');
    expect(codeOf(() => noShow(go(waiting(), 'on_trip', driver), NOW + 1e9))).toBe('BAD_STATE');
  });
});

test('a rider rates its completed trip, and may change the rating', () => {
  let trip = go(offered(), 'accepted', driver);
  expect(codeOf(() => rate(trip, 5, rider))).toBe('BAD_STATE');
  for (const state of ['arriving', 'arrived', 'on_trip', 'completed'] as const)
    trip = go(trip, state, driver);
  expect(rate(rate(trip, 5, rider), 4, rider)).toMatchObject({ rating: 4, version: trip.version + 2 });
  const rated = rate(trip, 5, rider);
  expect(rate(rated, 5, rider)).toBe(rated);
  for (const actor of [driver, dispatcher, { role: 'rider', userId: 'x' } as const])
    expect(codeOf(() => rate(trip, 5, actor))).toBe('NOT_YOUR_TRIP');
});

test('a driver sees who rides, and where to, while it drives the trip', () => {
  const trip = offered();
  const { riderId, pickup, dropoff } = trip;
  const asOffered = viewOf(trip, driver);
  expect(asOffered).toMatchObject({ riderId: '', pickup, dropoff: roughly(dropoff) });
  expect(asOffered.dropoff).not.toEqual(dropoff);
  let accepted = go(trip, 'accepted', driver);
  for (const state of ['arriving', 'arrived', 'on_trip'] as const) {
    expect(viewOf(accepted, driver)).toMatchObject({ riderId, pickup, dropoff });
    accepted = go(accepted, state, driver);
  }
  const cancelled = go(go(trip, 'accepted', driver), 'cancelled', rider);
  for (const over of [go(accepted, 'completed', driver), cancelled]) {
    const rough = { pickup: roughly(pickup), dropoff: roughly(dropoff) };
    expect(viewOf(over, driver)).toMatchObject({ riderId: '', state: over.state, ...rough });
    for (const actor of [rider, dispatcher])
      expect(viewOf(over, actor)).toMatchObject({ riderId, pickup, dropoff });
    expect(over).toMatchObject({ riderId, pickup, dropoff });
  }
});

test('a place is rough to 500 m', () => {
  const place = { lat: 40.7501, lng: -73.9902 };
  expect(distanceM(place, roughly(place))).toBeGreaterThan(20);
  expect(distanceM(place, roughly(place))).toBeLessThan(360);
  expect(roughly(roughly(place))).toEqual(roughly(place));
});

import { expect, test } from 'vitest';
import { DriverProfile } from '#protocol';
import { type Actor, begin, change, makeOffer, suits, suitsAny, viewOf, withProfile } from './index.js';

const profileOf = (vehicle: object = {}) =>
  DriverProfile.parse({
    name: ' Rosa ',
    vehicle: { make: 'Toyota', model: 'Corolla', colour: 'white', plate: 'AB 12', ...vehicle },
  });

test('a profile has defaults, and is refused with one code when something is wrong', () => {
  expect(profileOf()).toEqual({
    name: 'Rosa',
    photoUrl: null,
    vehicle: {
      make: 'Toyota',
      model: 'Corolla',
      colour: 'white',
      plate: 'AB 12',
      class: 'standard',
      seats: 4,
    },
  });
  const { vehicle } = profileOf();
  const wrong: unknown[] = [
    null,
    {},
    { name: '', vehicle },
    { name: 'x'.repeat(61), vehicle },
    { name: 'two\nlines', vehicle },
    { name: 'Rosa' },
    { name: 'Rosa', vehicle: { ...vehicle, seats: 17 } },
    { name: 'Rosa', vehicle: { ...vehicle, seats: 0 } },
    { name: 'Rosa', vehicle: { ...vehicle, class: 'Large Van' } },
    { name: 'Rosa', vehicle: { ...vehicle, plate: 'x'.repeat(21) } },
    ...[
      'http://photos.example/a',
      'javascript:alert(1)',
      'https://',
      `https://p.example/${'x'.repeat(500)}`,
    ].map((photoUrl) => ({ name: 'Rosa', photoUrl, vehicle })),
  ];
  for (const each of wrong) {
    const { error } = DriverProfile.safeParse(each);
    expect(
      error?.issues.map(({ message }) => message),
      JSON.stringify(each),
    ).toContain('BAD_PROFILE');
  }
});

test('a vehicle suits a request of its class with enough seats; a driver without a profile has a usual one', () => {
  const van = profileOf({ class: 'van', seats: 6 });
  expect([suits(van, {}), suits(van, { vehicleClass: 'van' }), suits(van, { seats: 6 })]).toEqual([
    true,
    true,
    true,
  ]);
  expect([suits(van, { vehicleClass: 'standard' }), suits(van, { seats: 7 })]).toEqual([false, false]);
  expect([suits(null, { vehicleClass: 'standard' }), suits(null, { seats: 4 })]).toEqual([true, true]);
  expect([suits(null, { vehicleClass: 'van' }), suits(null, { seats: 5 })]).toEqual([false, false]);
  expect([
    suitsAny({}),
    suitsAny({ seats: 1 }),
    suitsAny({ seats: 2 }),
    suitsAny({ vehicleClass: 'van' }),
  ]).toEqual([true, true, false, false]);
});

test('a trip keeps the profile of the driver who accepted it, and nobody else sees it', () => {
  const place = { lat: 40.75, lng: -73.99 };
  const driver: Actor = { role: 'driver', userId: 'd' };
  const profile = profileOf();
  const requested = begin({ id: 't', riderId: 'r', driverId: null, pickup: place, dropoff: place }, 0);
  const offer = { driverId: 'd', expiresAt: 9, distanceM: 1, durationS: 1, by: 'straight_line' } as const;
  const offered = withProfile(requested, makeOffer(requested, offer, 1), profile);
  expect(offered).not.toHaveProperty('driver');
  const accepted = withProfile(offered, change(offered, { state: 'accepted' }, driver, 2), profile);
  for (const role of ['rider', 'dispatcher', 'service'] as const)
    expect(viewOf(accepted, { role, userId: 'r' }).driver).toEqual(profile);
  expect(() => viewOf(accepted, { role: 'driver', userId: 'asked before' })).toThrow();
  const arriving = withProfile(accepted, change(accepted, { state: 'arriving' }, driver, 3), null);
  expect(arriving.driver).toEqual(profile);
});

import { describe, expect, test } from 'vitest';
import { begin, type TripRecord } from '#trips';
import { literal } from '../scan-keys.js';
import { isExpiringOf } from './named-keys.js';
import { withoutUser } from './trips-data.js';
import { isPseudonym, mentions, pseudonymOf } from './user-data.js';

const trip: TripRecord = {
  ...begin(
    {
      id: 't',
      riderId: 'r',
      driverId: 'd',
      pickup: { lat: 1.23456, lng: 2.34567 },
      dropoff: { lat: 1.3, lng: 2.4 },
      pin: '1234',
    },
    1,
  ),
  state: 'completed',
  asked: ['other', 'd'],
  offers: [{ driverId: 'other', at: 1, answer: 'declined', answeredAt: 2 }],
  passed: [{ driverId: 'other', at: 2 }],
  driver: {
    name: 'Ada',
    photoUrl: null,
    vehicle: { make: '', model: '', colour: '', plate: '', class: '', seats: 4 },
  },
};
const without = (userId: string, of = trip) =>
  withoutUser(of, { userId, pseudonym: pseudonymOf('x'), tripIds: [] });

describe('a trip without', () => {
  test('its rider keeps the driver, and rough places', () => {
    expect(without('r')).toMatchObject({
      riderId: 'erased*x',
      driverId: 'd',
      pickup: { lat: 1.23, lng: 2.35 },
      driver: { name: 'Ada' },
      version: 2,
    });
    expect(without('r')).not.toHaveProperty('pin');
  });

  test('its driver keeps the rider and the places, and nothing that names the driver', () => {
    const left = without('d')!;
    expect(left).toMatchObject({ riderId: 'r', driverId: 'erased*x', asked: ['other', 'erased*x'] });
    expect(left.pickup).toEqual(trip.pickup);
    expect(left).not.toHaveProperty('driver');
  });

  test('a driver who was only asked keeps everything else', () => {
    expect(without('other')).toEqual({
      ...trip,
      version: 2,
      asked: ['erased*x', 'd'],
      offers: [{ ...trip.offers![0], driverId: 'erased*x' }],
      passed: [{ driverId: 'erased*x', at: 2 }],
    });
  });

  test('anybody is deleted', () => {
    expect(without('r', { ...trip, driverId: null })).toBeNull();
    expect(without('d', without('r')!)).toBeNull();
    expect(without('r', without('d')!)).toBeNull();
  });
});

test.each([
  ['expiring:share:rider u key', true],
  ['expiring:share:rider u key:claim', true],
  ['expiring:trips:driver:u', true],
  ['expiring:offline:u', true],
  ['expiring:alert:second_device:u', true],
  ['expiring:alert:far_step:u arrived', true],
  ['expiring:notice:dispatcher u key', false],
  ['expiring:share:rider other u', false],
  ['expiring:share:rider ux key', false],
  ['expiring:trips:driver:u:v', false],
  ['expiring:requests:u', false],
])('%s is about the user: %s', (key, isAbout) => expect(isExpiringOf(key, 'u')).toBe(isAbout));

test('ids that look like words of keys name only their own', () => {
  expect(isExpiringOf('expiring:share:rider other key', 'rider')).toBe(false);
  expect(isExpiringOf('expiring:share:rider rider key', 'rider')).toBe(true);
});

test('pseudonyms are no ids, patterns match exactly, and JSON mentions whole texts only', () => {
  expect(isPseudonym(pseudonymOf('x'))).toBe(true);
  expect(isPseudonym('erased')).toBe(false);
  expect(literal('a*b?[c]\\')).toBe('a\\*b\\?\\[c\\]\\\\');
  expect(mentions('{"by":"u"}', ['u'])).toBe(true);
  expect(mentions('{"by":"ux"}', ['u'])).toBe(false);
});

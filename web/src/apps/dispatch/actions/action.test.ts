import { expect, it } from 'vitest';
import type { Trip } from '#sdk';
import { actsFor, recipientsOf } from './action.js';

const trip = (driverId: string | null) => ({ id: 't', riderId: 'r', driverId }) as Trip;

it('offers what the service would do', () => {
  expect(actsFor(null, null)).toEqual([]);
  expect(actsFor('d', null)).toEqual(['message', 'offline']);
  expect(actsFor(null, trip(null))).toEqual(['assign', 'message', 'cancel']);
  expect(actsFor('d', trip('d'))).toEqual(['message', 'cancel']);
});

it('lets a message go to both parties of a trip', () => {
  expect(recipientsOf({ driverId: 'd', trip: trip('d') })).toEqual([
    { role: 'driver', userId: 'd' },
    { role: 'rider', userId: 'r' },
  ]);
  expect(recipientsOf({ driverId: null, trip: trip(null) })).toEqual([{ role: 'rider', userId: 'r' }]);
});

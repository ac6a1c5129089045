import { expect, it } from 'vitest';
import type { Trip } from '#sdk';
import { availableActions, recipientsOf } from './action.js';

const trip = (driverId: string | null) => ({ id: 't', riderId: 'r', driverId }) as Trip;

it('offers only the actions that the service would accept', () => {
  expect(availableActions({ driverId: null, trip: null })).toEqual([]);
  expect(availableActions({ driverId: 'd', trip: null })).toEqual(['message', 'offline']);
  expect(availableActions({ driverId: null, trip: trip(null) })).toEqual(['assign', 'message', 'cancel']);
  expect(availableActions({ driverId: 'd', trip: trip('d') })).toEqual(['message', 'cancel']);
});

it('lets a message go to either party of a trip', () => {
  expect(recipientsOf({ driverId: 'd', trip: trip('d') })).toEqual([
    { role: 'driver', userId: 'd' },
    { role: 'rider', userId: 'r' },
  ]);
  expect(recipientsOf({ driverId: null, trip: trip(null) })).toEqual([{ role: 'rider', userId: 'r' }]);
});

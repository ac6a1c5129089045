import { expect, test } from 'vitest';
import type { Cancellation, Trip, TripState } from '#protocol';
import { askedOf, stepOf } from './steps.js';

const HERE = { lat: 40.75, lng: -73.98 };
const trip = (state: TripState, version: number, cancelled: Cancellation | null = null): Trip => ({
  id: 't',
  riderId: 'r',
  driverId: null,
  pickup: HERE,
  dropoff: HERE,
  state,
  version,
  createdAt: 0,
  changedAt: 0,
  times: {},
  cancelled,
  offer: null,
  eta: null,
});

test('after cancelling, a rider chooses a new trip; when somebody else cancels, the rider sees the reason', () => {
  const ended = (by: Cancellation['by'], reason: Cancellation['reason']) =>
    stepOf(trip('cancelled', 9, { by, reason }));
  expect(stepOf(null)).toBe('choosing');
  expect(ended('rider', 'called_off')).toBe('choosing');
  expect(ended('driver', 'called_off')).toBe('called_off');
  expect(ended('dispatcher', 'called_off')).toBe('called_off');
  expect(ended('service', 'no_driver')).toBe('no_car');
  expect(ended('driver', 'no_show')).toBe('no_show');
});

test('each driver counts once as asked, both while the offer is pending and after a decline', () => {
  const asked = (['requested', 'offered', 'requested', 'offered'] as const).map((state, i) =>
    askedOf(trip(state, i + 1)),
  );
  expect(asked).toEqual([0, 1, 1, 2]);
});

import { describe, expect, test } from 'vitest';
import type { TripState } from '#protocol';
import { begin, change, partsOf, type TripRecord } from './index.js';

const NOW = Date.UTC(2026, 0, 8);
const place = { lat: 40.75, lng: -73.99 };
const driver = { role: 'driver', userId: 'd' } as const;

/** Trip that was accepted at NOW and entered each further state the given number of seconds later. */
const tripOf = (...steps: Array<[state: TripState, afterS: number]>): TripRecord =>
  steps.reduce(
    (trip, [state, afterS]) => change(trip, { state }, driver, NOW + afterS * 1_000),
    begin({ id: 't', riderId: 'r', driverId: 'd', pickup: place, dropoff: place }, NOW),
  );

describe('the parts of a trip', () => {
  test('are the approach to the pick-up, the waiting there, and the ride', () => {
    const trip = tripOf(['arriving', 5], ['arrived', 240], ['on_trip', 300.25], ['completed', 1_000.5]);
    expect(partsOf(trip)).toEqual({
      approachS: 240,
      waitingS: 60.3,
      durationS: 700.3,
      ride: { from: NOW + 300_250, to: NOW + 1_000_500 },
    });
  });

  test.each<[string, Array<[TripState, number]>, object]>([
    [
      'during the ride',
      [
        ['arriving', 5],
        ['arrived', 60],
        ['on_trip', 90],
        ['cancelled', 100],
      ],
      { approachS: 60, waitingS: 30, durationS: 10, ride: { from: NOW + 90_000, to: NOW + 100_000 } },
    ],
    [
      'while the driver waits',
      [
        ['arriving', 5],
        ['arrived', 60],
        ['cancelled', 100],
      ],
      { approachS: 60, waitingS: 40, durationS: 0, ride: null },
    ],
    [
      'before the driver arrived',
      [['cancelled', 30]],
      { approachS: 30, waitingS: 0, durationS: 0, ride: null },
    ],
  ])('end with the trip when it is cancelled %s', (_, steps, parts) => {
    expect(partsOf(tripOf(...steps))).toEqual(parts);
  });

  test('are empty when no driver accepted the trip', () => {
    const asked = begin({ id: 't', riderId: 'r', driverId: null, pickup: place, dropoff: place }, NOW);
    const over = change(asked, { state: 'cancelled' }, { role: 'rider', userId: 'r' }, NOW + 9_000);
    expect(partsOf(over)).toEqual({ approachS: 0, waitingS: 0, durationS: 0, ride: null });
  });

  test('are refused while the trip is open', () => {
    expect(() => partsOf(tripOf(['arriving', 5]))).toThrow('(it is arriving)');
  });
});

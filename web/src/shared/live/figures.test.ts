import { expect, test } from 'vitest';
import { ageMs, isArrivingAt, isStale } from './figures.js';

test('a car arrives now within 40 m of its goal, whichever of the service and the page knows first', () => {
  const goal = { lat: 40.75, lng: -73.98 };
  const eta = { to: 'pickup', at: 0, distanceM: 300, durationS: 40, by: 'straight_line' } as const;
  const metresAway = (metres: number) => ({ lat: 40.75 + metres / 111_195, lng: -73.98 });
  expect(isArrivingAt(eta, metresAway(60), goal)).toBe(false);
  expect(isArrivingAt(eta, metresAway(39), goal)).toBe(true);
  expect(isArrivingAt(eta, null, goal)).toBe(false);
  expect(isArrivingAt({ ...eta, durationS: 0 }, null, null)).toBe(true);
});

test('the age of a position is the time since the service received it', () => {
  expect(ageMs(null, 100_000)).toBeNull();
  const slowPhone = { t: 100_000 - 120_000, receivedAt: 99_000 };
  expect(ageMs(slowPhone, 100_000)).toBe(1_000);
  expect(ageMs({ receivedAt: 100_020 }, 100_000)).toBe(0);
  expect(isStale(ageMs(slowPhone, 113_000))).toBe(false);
  expect(isStale(ageMs(slowPhone, 115_000))).toBe(true);
});

import { expect, test } from 'vitest';
import { ageMs, isStale, remaining } from './figures.js';

test('what remains goes down by minutes, at last by seconds, and never to nothing', () => {
  const shown = (seconds: number) => Object.values(remaining(seconds * 1_000)).join(' ');
  expect([600, 599, 541, 540, 61, 60, 56].map(shown)).toEqual([
    '10 min',
    '10 min',
    '10 min',
    '9 min',
    '2 min',
    '1 min',
    '1 min',
  ]);
  expect([55, 51, 50, 6, 5, 1, 0, -90].map(shown)).toEqual(
    ['55', '55', '50', '10', '5', '5', '5', '5'].map((value) => `${value} s`),
  );
});

test('a position is as old as the clock of the service says', () => {
  const at = (t: number | null, clockAheadMs: number) =>
    ageMs(
      {
        state: 'on_trip',
        position: t === null ? null : { t, lat: 0, lng: 0, heading: 0, speedMps: 0 },
        eta: null,
        over: null,
        connection: 'online',
        clockAheadMs,
      },
      100_000,
    );
  expect(at(null, 0)).toBeNull();
  expect(at(99_000, 0)).toBe(1_000);
  expect(at(160_000, 61_000), 'on a device that is a minute late').toBe(1_000);
  expect(at(100_500, 0), 'a car whose clock is ahead').toBe(0);
  expect([null, 15_000, 15_001].map(isStale)).toEqual([false, false, true]);
});

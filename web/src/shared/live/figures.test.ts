import { expect, test } from 'vitest';
import { ageMs, isStale, remaining } from './figures.js';

test('the remaining time counts down in minutes, then in steps of five seconds, and never reaches zero', () => {
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

test('the age of a position is measured by the server clock', () => {
  const at = (t: number, clockAheadMs: number) => ageMs({ t }, clockAheadMs, 100_000);
  expect(ageMs(null, 0, 100_000)).toBeNull();
  expect(at(99_000, 0)).toBe(1_000);
  expect(at(160_000, 61_000), 'on a device that is a minute slow').toBe(1_000);
  expect(at(100_500, 0), 'a car whose clock is ahead').toBe(0);
  expect([null, 15_000, 15_001].map(isStale)).toEqual([false, false, true]);
});

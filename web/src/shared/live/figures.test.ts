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

test('the age of a position is the time since the service received it', () => {
  expect(ageMs(null, 100_000)).toBeNull();
  const slowPhone = { t: 100_000 - 120_000, receivedAt: 99_000 };
  expect(ageMs(slowPhone, 100_000)).toBe(1_000);
  expect(ageMs({ receivedAt: 100_020 }, 100_000)).toBe(0);
  expect(isStale(ageMs(slowPhone, 113_000))).toBe(false);
  expect(isStale(ageMs(slowPhone, 115_000))).toBe(true);
});

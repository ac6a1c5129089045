import { expect, test } from 'vitest';
import { backoffMs } from './reconnect-policy.js';

test('the longest possible pause doubles up to the ceiling', () => {
  const longest = Array.from({ length: 8 }, (_, attempt) => backoffMs(attempt, 1));
  expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  expect(backoffMs(5_000, 1), 'after days').toBe(10_000);
  expect(backoffMs(3, 1, { baseMs: 100, ceilingMs: 300 })).toBe(300);
});

test('every pause from zero to the longest is equally likely', () => {
  expect([0, 0.25, 0.5].map((random) => backoffMs(3, random))).toEqual([0, 1_000, 2_000]);
});

import { expect, test } from 'vitest';
import { backoffMs } from './backoff.js';

test('the most that is waited doubles up to the ceiling', () => {
  const most = Array.from({ length: 8 }, (_, attempt) => backoffMs(attempt, 1));
  expect(most).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  expect(backoffMs(5_000, 1), 'after days').toBe(10_000);
  expect(backoffMs(3, 1, { baseMs: 100, ceilingMs: 300 })).toBe(300);
});

test('any time from none to the most is as likely', () => {
  expect([0, 0.25, 0.5].map((random) => backoffMs(3, random))).toEqual([0, 1_000, 2_000]);
});

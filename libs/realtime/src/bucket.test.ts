import { expect, test } from 'vitest';
import { Bucket } from './bucket.js';

test('allows a burst, then as many as are refilled', () => {
  const bucket = new Bucket(3, 2, 0);
  expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
  expect([499, 500, 501, 1_000].map((now) => bucket.take(now))).toEqual([false, true, false, true]);
  expect(bucket.isFull(2_499)).toBe(false);
  expect(bucket.isFull(2_500)).toBe(true);
});

test('a clock that is set back removes no tokens', () => {
  const bucket = new Bucket(1, 1, 10_000);
  expect(bucket.take(5_000)).toBe(true);
  expect(bucket.take(5_500)).toBe(false);
  expect(bucket.take(6_000)).toBe(true);
});

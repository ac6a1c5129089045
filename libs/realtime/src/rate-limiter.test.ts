import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.js';

test('allows a burst, then as many as are refilled', () => {
  const limiter = new RateLimiter({ burst: 3, perSecond: 2 }, 0);
  expect([0, 0, 0, 0].map((now) => limiter.take(now))).toEqual([true, true, true, false]);
  expect([499, 500, 501, 1_000].map((now) => limiter.take(now))).toEqual([false, true, false, true]);
  expect(limiter.isFull(2_499)).toBe(false);
  expect(limiter.isFull(2_500)).toBe(true);
});

test('a clock that is set back removes no tokens', () => {
  const limiter = new RateLimiter({ burst: 1, perSecond: 1 }, 10_000);
  expect(limiter.take(5_000)).toBe(true);
  expect(limiter.take(5_500)).toBe(false);
  expect(limiter.take(6_000)).toBe(true);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Clock } from './clock.js';

const REDIS = Date.UTC(2026, 0, 8);

beforeEach(() => {
  vi.useFakeTimers({ now: REDIS + 30_000, toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A read that takes a while and returns the time of Redis half-way. */
const read = (time: number, tookMs: number) => async () => {
  vi.advanceTimersByTime(tookMs);
  return time + tookMs / 2;
};

test('returns the time of Redis, however wrong the clock of the machine is', async () => {
  const clock = new Clock();
  expect(clock.now()).toBe(REDIS + 30_000);
  await clock.measure(read(REDIS, 10));
  expect(clock.now()).toBe(REDIS + 10);
  expect(clock.offsetMs).toBe(30_000);
});

test('does not change when the clock of the machine is set', async () => {
  const clock = new Clock();
  await clock.measure(read(REDIS, 10));
  vi.setSystemTime(REDIS - 3_600_000);
  expect(clock.now()).toBe(REDIS + 10);
  expect(clock.offsetMs).toBe(-3_600_010);
});

test('a slow reply changes nothing unless it shows a difference that the delay cannot explain', async () => {
  const clock = new Clock();
  await clock.measure(read(REDIS, 10));
  await clock.measure(read(REDIS + 300, 2_000));
  expect(clock.now()).toBe(REDIS + 2_010);
  await clock.measure(read(REDIS + 7_010, 2_000));
  expect(clock.now()).toBe(REDIS + 9_010);
});

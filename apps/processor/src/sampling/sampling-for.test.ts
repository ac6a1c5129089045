import { describe, expect, test } from 'vitest';
import { type Attention, isOffPace, samplingFor } from './sampling-for.js';

const SILENT_MS = 30_000;
const nobody: Attention = {
  followed: false,
  watchedByRiders: false,
  watchedByDispatchers: false,
  status: 'available',
};
const of = (attention: Partial<Attention>) => samplingFor({ ...nobody, ...attention }, SILENT_MS);
const FAST = { intervalMs: 1_000, minDistanceM: 0 };
const MIDDLE = { intervalMs: 3_000, minDistanceM: 10 };
const SLOW = { intervalMs: 10_000, minDistanceM: 25 };

describe('the update interval of a driver', () => {
  test.each<[string, Partial<Attention>, object]>([
    ['followed', { followed: true, status: 'busy' }, FAST],
    ['followed and on a watched map', { followed: true, watchedByDispatchers: true }, FAST],
    ['available, with riders watching its cell', { watchedByRiders: true }, MIDDLE],
    ['busy, so that riders watching its cell do not see it', { watchedByRiders: true, status: 'busy' }, SLOW],
    ['on a dispatch map', { watchedByDispatchers: true, status: 'busy' }, MIDDLE],
    ['watched by nobody', {}, SLOW],
  ])('when it is %s', (_, attention, sampling) => expect(of(attention)).toEqual(sampling));

  test.each([1_000, 5_000, 30_000, 3_600_000])(
    'is at most a third of a silence limit of %i ms',
    (silentMs) => {
      for (const followed of [true, false]) {
        const { intervalMs } = samplingFor({ ...nobody, followed }, silentMs);
        expect(intervalMs).toBeLessThanOrEqual(silentMs / 3);
        expect(intervalMs).toBeGreaterThan(0);
      }
    },
  );
});

test('fixes at half the interval, or more than three intervals apart, show that an app does not keep to it', () => {
  for (const gapMs of [9_900, 10_000, 20_000, 21_000]) expect(isOffPace(gapMs, SLOW)).toBe(false);
  for (const gapMs of [1_000, 4_000, 31_000]) expect(isOffPace(gapMs, SLOW)).toBe(true);
  for (const gapMs of [1_000, 2_000]) expect(isOffPace(gapMs, FAST)).toBe(false);
  expect(isOffPace(10_000, FAST)).toBe(true);
});

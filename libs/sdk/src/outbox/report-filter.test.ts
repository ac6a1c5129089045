import { describe, expect, test } from 'vitest';
import { destination } from '#geo';
import type { Fix } from '#protocol';
import { ReportFilter } from './report-filter.js';

const T = 1_800_000_000_000;
const START = { lat: 40.75, lng: -73.99 };
const MIDDLE = { intervalMs: 3_000, minDistanceM: 10 };
const SLOW = { intervalMs: 10_000, minDistanceM: 25 };

/** A fix so many seconds and metres after the start. */
const fix = (s: number, m = 0): Fix => ({ t: T + s * 1_000, ...destination(START, 90, m) });

/** The seconds that are sent of a device that reads once a second. */
function sent(sampler: ReportFilter, from: number, to: number, metresAt: (s: number) => number): number[] {
  const seconds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return seconds.filter((s) => sampler.take(fix(s, metresAt(s))) !== null);
}

describe('what a driver app sends of the fixes of its device', () => {
  test('one fix a second is due by default, even if the clock of the device is not exact', () => {
    const sampler = new ReportFilter();
    const taken = [0, 0.98, 1.5, 2.01, 2.95].map((s) => sampler.take(fix(s)) !== null);
    expect(taken).toEqual([true, true, false, true, true]);
  });

  test('the first fix is due at once, then one per interval', () => {
    const sampler = new ReportFilter();
    expect(sampler.setSampling(SLOW)).toBeNull();
    expect(sent(sampler, 0, 35, (s) => s * 10)).toEqual([0, 10, 20, 30]);
  });

  test('a parked car reports every other interval', () => {
    const sampler = new ReportFilter();
    sampler.setSampling(SLOW);
    expect(sent(sampler, 0, 60, () => 0)).toEqual([0, 20, 40, 60]);
  });

  test('a car that drives off reports as soon as it has moved far enough', () => {
    const sampler = new ReportFilter();
    sampler.setSampling(SLOW);
    expect(sent(sampler, 0, 30, (s) => Math.max(0, s - 12) * 10)).toEqual([0, 15, 25]);
  });

  test('a shorter interval makes the newest fix due at once if it is old enough', () => {
    const sampler = new ReportFilter();
    sampler.setSampling(SLOW);
    sent(sampler, 0, 4, (s) => s * 10);
    expect(sampler.setSampling(MIDDLE)).toEqual(fix(4, 40));
    expect(sampler.setSampling({ intervalMs: 1_000, minDistanceM: 0 })).toBeNull();
    expect(sent(sampler, 5, 7, (s) => s * 10)).toEqual([5, 6, 7]);
  });

  test('a fix is due only once', () => {
    const sampler = new ReportFilter();
    sampler.take(fix(0));
    expect(sampler.setSampling(SLOW)).toBeNull();
    expect(sampler.setSampling({ intervalMs: 0, minDistanceM: 0 })).toBeNull();
  });

  test('a clock that is set back does not silence its device', () => {
    const sampler = new ReportFilter();
    sampler.setSampling(SLOW);
    sampler.take(fix(3_600));
    expect(sent(sampler, 0, 20, (s) => s * 10)).toEqual([0, 10, 20]);
  });
});

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
  test('every second until it is told otherwise, though devices do not tick exactly', () => {
    const sampler = new ReportFilter();
    const taken = [0, 0.98, 1.5, 2.01, 2.95].map((s) => sampler.take(fix(s)) !== null);
    expect(taken).toEqual([true, true, false, true, true]);
  });

  test('the first at once, then one of each interval', () => {
    const sampler = new ReportFilter();
    expect(sampler.become(SLOW)).toBeNull();
    expect(sent(sampler, 0, 35, (s) => s * 10)).toEqual([0, 10, 20, 30]);
  });

  test('a car that stands is heard every other interval', () => {
    const sampler = new ReportFilter();
    sampler.become(SLOW);
    expect(sent(sampler, 0, 60, () => 0)).toEqual([0, 20, 40, 60]);
  });

  test('one that drives off is sent as soon as it has moved far enough', () => {
    const sampler = new ReportFilter();
    sampler.become(SLOW);
    expect(sent(sampler, 0, 30, (s) => Math.max(0, s - 12) * 10)).toEqual([0, 15, 25]);
  });

  test('when the pace gets faster, the newest known fix is sent at once if it is due', () => {
    const sampler = new ReportFilter();
    sampler.become(SLOW);
    sent(sampler, 0, 4, (s) => s * 10);
    expect(sampler.become(MIDDLE)).toEqual(fix(4, 40));
    expect(sampler.become({ intervalMs: 1_000, minDistanceM: 0 })).toBeNull();
    expect(sent(sampler, 5, 7, (s) => s * 10)).toEqual([5, 6, 7]);
  });

  test('a fix is not sent twice', () => {
    const sampler = new ReportFilter();
    sampler.take(fix(0));
    expect(sampler.become(SLOW)).toBeNull();
    expect(sampler.become({ intervalMs: 0, minDistanceM: 0 })).toBeNull();
  });

  test('a clock that was set back does not silence its device', () => {
    const sampler = new ReportFilter();
    sampler.become(SLOW);
    sampler.take(fix(3_600));
    expect(sent(sampler, 0, 20, (s) => s * 10)).toEqual([0, 10, 20]);
  });
});

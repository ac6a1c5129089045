import { describe, expect, test } from 'vitest';
import { median, recordedTracks } from '../../../test/fixtures/tracks.js';
import { destination, distanceM } from './distance.js';
import { DETOUR_FACTOR, estimate } from './eta.js';
import { recentPaceMps } from './pace.js';

const START = { lat: 40.75, lng: -73.99 };

test('the route is longer than the straight line, and takes its length divided by the pace', () => {
  const estimated = estimate(START, destination(START, 200, 2_000), 5);
  expect(estimated.distanceM).toBeCloseTo(2_000 * DETOUR_FACTOR, 3);
  expect(estimated.durationS).toBeCloseTo(400 * DETOUR_FACTOR, 3);
  expect(estimate(START, START, 7)).toEqual({ distanceM: 0, durationS: 0 });
});

const trips = recordedTracks('nyc-trips');
const absent = trips === null;
describe.skipIf(absent)(`recorded taxi trips${absent ? ' (data not available)' : ''}`, () => {
  test.each([0, 33])(
    'after %d%% of the route the median estimate is right, and half are within a factor of 1.5',
    (percent) => {
      const ratios: number[] = [];
      for (const fixes of trips!.values()) {
        const received = Math.floor((fixes.length * percent) / 100) + 1;
        const now = fixes[received - 1]!;
        const end = fixes.at(-1)!;
        if (distanceM(now, end) < 500) continue;
        const { durationS } = estimate(now, end, recentPaceMps(fixes.slice(0, received)));
        ratios.push((durationS * 1_000) / (end.t - now.t));
      }
      const off = Math.exp(median(ratios.map((ratio) => Math.abs(Math.log(ratio)))));
      console.info(`estimate over truth: median ${median(ratios).toFixed(2)}, half within ${off.toFixed(2)}`);
      expect(ratios.length).toBeGreaterThan(400);
      expect(Math.abs(median(ratios) - 1)).toBeLessThan(0.2);
      expect(off).toBeLessThan(1.5);
    },
  );
});

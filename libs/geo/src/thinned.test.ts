import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceM } from './distance.js';
import { between } from './leg.js';
import { thinned } from './thinned.js';

const at = (seconds: number, northM: number) => ({ t: seconds * 1_000, lat: northM / 111_195, lng: 0 });
const limits = { toleranceM: 8, maxGapMs: 60_000 };

test('removes fixes on a straight leg and fixes of a standing car', () => {
  const even = Array.from({ length: 30 }, (_, s) => at(s, 10 * s));
  expect(thinned(even, limits)).toEqual([even[0], even[29]]);
  const standing = Array.from({ length: 120 }, (_, s) => at(s, s % 3));
  expect(thinned(standing, limits)).toHaveLength(3);
});

test('keeps the fixes where direction or pace changes', () => {
  const stops = [at(0, 0), at(10, 100), at(20, 100), at(30, 100), at(40, 200)];
  expect(thinned(stops, limits)).toEqual([stops[0], stops[1], stops[3], stops[4]]);
});

test('keeps both ends of a gap in the signal', () => {
  const silent = [at(0, 0), at(1, 1), at(600, 2), at(601, 3)];
  expect(thinned(silent, limits)).toEqual([silent[0], silent[1], silent[2], silent[3]]);
});

test('every removed fix is within the tolerance of the interpolation', () => {
  const steps = fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 90 }),
      eastM: fc.integer({ min: -300, max: 300 }),
      northM: fc.integer({ min: -300, max: 300 }),
    }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      let [t, lat, lng] = [0, 40, 179.99];
      const fixes = all.map(({ seconds, eastM, northM }) => {
        t += seconds * 1_000;
        lat += northM / 111_195;
        lng += eastM / 85_180;
        return { t, lat, lng: lng >= 180 ? lng - 360 : lng };
      });
      const kept = thinned(fixes, limits);
      expect(kept[0]).toEqual(fixes[0]);
      expect(kept.at(-1)).toEqual(fixes.at(-1));
      for (const fix of fixes) {
        const next = kept.findIndex((one) => one.t >= fix.t);
        const [from, to] = [kept[Math.max(0, next - 1)]!, kept[next]!];
        const share = to.t === from.t ? 1 : (fix.t - from.t) / (to.t - from.t);
        expect(distanceM(fix, between(from, to, share))).toBeLessThanOrEqual(limits.toleranceM + 1e-6);
      }
    }),
  );
});

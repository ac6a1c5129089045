import { describe, expect, test } from 'vitest';
import { median, receiverNoise, turn } from '../../../test/fixtures/tracks.js';
import { decide } from './decide.js';
import { destination } from './distance.js';
import type { LastFix, RawFix } from './last-fix.js';

const START = { lat: 40.75, lng: -73.99 };
const COURSE = 60;

/** States of a driver after each fix. */
function states(fixes: RawFix[]): LastFix[] {
  let last: LastFix | null = null;
  return fixes.map((fix) => {
    const decision = decide(last, fix, Number.MAX_SAFE_INTEGER);
    if (decision.kind !== 'accepted') throw new Error(`the fix is ${decision.kind}`);
    last = decision.last;
    return last;
  });
}
/** One fix per second on a straight street; `metres` driven by each second. */
const street = (
  metres: number[],
  noise: (point: typeof START) => typeof START = (point) => point,
): RawFix[] => metres.map((far, i) => ({ t: i * 1_000, ...noise(destination(START, COURSE, far)) }));
const at = (speedMps: number, seconds: number, from = 0) =>
  Array.from({ length: seconds }, (_, i) => from + i * speedMps);

describe('heading and speed', () => {
  test('are taken from the device when it sends them', () => {
    const [, last] = states([
      { t: 0, ...START },
      { t: 10_000, ...destination(START, COURSE, 100), heading: 12, speedMps: 3 },
    ]);
    expect(last).toMatchObject({ heading: 12, speedMps: 3 });
  });

  test.each([1, 5, 15, 30])('follow from the track of a car at %d m/s', (speedMps) => {
    const last = states(street(at(speedMps, 120))).at(-1)!;
    expect(last.speedMps).toBeCloseTo(speedMps, 1);
    expect(turn(last.heading, COURSE)).toBeLessThan(1);
  });

  test.each([1, 2, 3, 4, 5])(
    'settle for a standing car with 5 m of noise: same heading, speed 0 (seed %d)',
    (seed) => {
      const driven = at(15, 60);
      const stands = Array.from({ length: 1_800 }, () => driven.at(-1)!);
      const all = states(street([...driven, ...stands], receiverNoise(seed, 5)));
      const standing = all.slice(driven.length + 20);
      expect(Math.max(...standing.map((last) => last.speedMps))).toBeLessThan(2.5);
      expect(median(standing.map((last) => last.speedMps))).toBeLessThan(0.3);
      for (const last of standing) expect(turn(last.heading, COURSE)).toBeLessThan(60);
      expect(new Set(standing.map((last) => last.heading)).size).toBeLessThan(4);
    },
  );

  test.each([1, 2, 3, 4, 5])(
    'are right within 10 degrees and 3 m/s for a car with 5 m of noise (seed %d)',
    (seed) => {
      const all = states(street(at(15, 300), receiverNoise(seed, 5))).slice(10);
      expect(median(all.map((last) => turn(last.heading, COURSE)))).toBeLessThan(10);
      expect(median(all.map((last) => Math.abs(last.speedMps - 15)))).toBeLessThan(3);
      expect(Math.abs(median(all.map((last) => last.speedMps)) - 15)).toBeLessThan(1);
    },
  );

  test.each([
    ['stood for an hour', 3_600, 0],
    ['was in a tunnel for ten minutes', 600, 40],
  ])('are right again soon after a car that %s', (_, seconds, far) => {
    const [start, ...on] = street([0, ...at(15, 12, far)]);
    const all = states([start!, ...on.map((fix) => ({ ...fix, t: fix.t + seconds * 1_000 }))]);
    expect(all.at(-1)!.speedMps).toBeCloseTo(15, 1);
  });

  test('follow a corner within 50 metres', () => {
    const corner = destination(START, COURSE, 10 * 59);
    const turned = at(10, 10, 10).map((far, i) => ({
      t: (60 + i) * 1_000,
      ...destination(corner, 150, far),
    }));
    const all = states([...street(at(10, 60)), ...turned]);
    expect(turn(all[60 + 5]!.heading, 150)).toBeLessThan(30);
    expect(turn(all.at(-1)!.heading, 150)).toBeLessThan(1);
  });
});

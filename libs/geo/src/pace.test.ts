import { describe, expect, test } from 'vitest';
import { receiverNoise } from '../../../test/fixtures/tracks.js';
import { destination } from './distance.js';
import { CITY_PACE, recentPaceMps } from './pace.js';

const START = { lat: 40.75, lng: -73.99 };
const NO_PRIOR = { paceMps: 1, weightS: 0.001 };
const at = (seconds: number, metres: number) => ({ t: seconds * 1_000, ...destination(START, 60, metres) });
/** A fix every `everyS` seconds for `seconds` at a speed. */
const drives = (speedMps: number, seconds: number, everyS = 1) =>
  Array.from({ length: seconds / everyS + 1 }, (_, i) => at(i * everyS, i * everyS * speedMps));

describe('the pace of a driver', () => {
  test('is the usual one while there are hardly any fixes', () => {
    expect(recentPaceMps([])).toBe(CITY_PACE.paceMps);
    expect(recentPaceMps([at(0, 0)])).toBe(CITY_PACE.paceMps);
  });

  test.each([1, 3, 10, 30])('is its driving speed, with a fix every %d seconds', (everyS) => {
    expect(recentPaceMps(drives(11, 600, everyS), NO_PRIOR)).toBeCloseTo(11, 1);
  });

  test('has the same weight as the usual one after two minutes', () => {
    expect(recentPaceMps(drives(13, 120))).toBeCloseTo(10, 0);
    expect(recentPaceMps(drives(13, 1_200))).toBeCloseTo((13 * 10 + 7) / 11, 1);
  });

  test('includes red lights, but neither a wait for work nor a tunnel', () => {
    const light = [
      ...drives(10, 60),
      at(100, 600),
      ...drives(10, 60).map(({ t }) => at(100 + t / 1_000, 600 + t / 100)),
    ];
    expect(recentPaceMps(light, NO_PRIOR)).toBeCloseTo(1_200 / 160, 0);
    const wait = drives(0, 1_800, 20).map(({ t }) => at(60 + t / 1_000, 600));
    const worked = [...drives(10, 60), ...wait, at(1_870, 700), at(1_880, 800)];
    expect(recentPaceMps(worked, NO_PRIOR)).toBeCloseTo(10, 0);
    expect(recentPaceMps([at(0, 0), at(10, 100), at(400, 9_000), at(410, 9_100)], NO_PRIOR)).toBeCloseTo(
      10,
      1,
    );
  });

  test('stays the usual one for a car that stands or jumps', () => {
    const noise = receiverNoise(1, 5);
    const stands = drives(0, 1_800).map(({ t }) => ({ t, ...noise(START) }));
    expect(recentPaceMps(stands)).toBeCloseTo(CITY_PACE.paceMps, 0);
    expect(recentPaceMps([at(0, 0), at(1, 5_000), at(2, 0), at(3, 5_000)])).toBe(CITY_PACE.paceMps);
  });

  test('stays within the range of city driving', () => {
    expect(recentPaceMps(drives(0.6, 1_800), NO_PRIOR)).toBe(2);
    expect(recentPaceMps(drives(60, 600), NO_PRIOR)).toBe(30);
  });
});

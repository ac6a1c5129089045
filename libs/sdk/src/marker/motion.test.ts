import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destination, distanceM } from '#geo';
import { turn } from '../../../../test/fixtures/tracks.js';
import { interpolate, type TimedPosition } from './motion.js';

const T = 1_800_000_000_000;
const START = { lat: 40.75, lng: -73.99 };

/** Position on a drive east at 10 m/s, one per second. */
const at = (s: number): TimedPosition => ({
  t: T + s * 1_000,
  ...destination(START, 90, s * 10),
  heading: 90,
  speedMps: 10,
});
const track = [0, 1, 2, 3, 4].map(at);
const metresAt = (ms: number, options = {}) => distanceM(START, interpolate(track, T + ms, options));

describe('the place of a marker', () => {
  test('is between two positions, a little more than one interval ago', () => {
    expect(metresAt(3_700)).toBeCloseTo(25, 1);
    expect(interpolate(track, T + 3_700)).toMatchObject({ t: T + 2_500, ageMs: 0, stale: false });
    expect(metresAt(3_700, { delayMs: 0 })).toBeCloseTo(37, 1);
    expect(metresAt(0)).toBeCloseTo(0, 3);
  });

  test('does not depend on the order of arrival or on duplicates', () => {
    const mixed = [track[3]!, track[0]!, track[4]!, track[3]!, track[1]!, track[2]!];
    expect(interpolate(mixed, T + 3_700)).toEqual(interpolate(track, T + 3_700));
  });

  test('slows down when positions stop, then stops and is stale', () => {
    const ahead = (ms: number) => metresAt(4_000 + ms, { delayMs: 0 }) - 40;
    expect(ahead(1_000)).toBeCloseTo(10 * (1 - 1 / 6), 1);
    expect(ahead(3_000)).toBeCloseTo(15, 1);
    expect(ahead(60_000)).toBeCloseTo(15, 1);
    expect(interpolate(track, T + 6_900, { delayMs: 0 }).stale).toBe(false);
    expect(interpolate(track, T + 64_000, { delayMs: 0 })).toMatchObject({ ageMs: 60_000, stale: true });
  });

  test('is never further ahead than allowed, however fast the car is', () => {
    const fast = [{ ...at(0), speedMps: 40 }];
    const end = interpolate(fast, T + 60_000);
    expect(distanceM(START, end)).toBeCloseTo(30, 1);
    expect(
      distanceM(START, interpolate(fast, T + 60_000, { maxAheadM: 200, maxAheadMs: 1_000 })),
    ).toBeCloseTo(20, 1);
  });

  test('crosses the antimeridian without going round the world', () => {
    const east = { ...at(0), lat: -17, lng: 179.9999 };
    const west = { ...at(2), ...destination(east, 90, 20) };
    const middle = interpolate([east, west], T + 1_000, { delayMs: 0 });
    expect(distanceM(east, middle)).toBeCloseTo(10, 1);
    expect(middle.lng).toBeLessThan(180);
    expect(middle.heading).toBeCloseTo(90, 3);
  });

  test('jumps over a step that no car can drive', () => {
    const carried = [...track, { ...at(5), ...destination(START, 0, 5_000) }];
    expect(distanceM(interpolate(carried, T + 4_999, { delayMs: 0 }), track[4]!)).toBeLessThan(0.01);
    expect(distanceM(interpolate(carried, T + 5_000, { delayMs: 0 }), carried[5]!)).toBeLessThan(0.01);
  });

  test('points in its direction, and turns the short way at a corner', () => {
    const corner = [
      at(0),
      { ...at(2), heading: 0 },
      { ...at(4), ...destination(at(2), 350, 20), heading: 0 },
    ];
    const headings = [1_000, 1_900, 2_000, 2_100, 3_000].map(
      (ms) => interpolate(corner, T + ms, { delayMs: 0 }).heading,
    );
    expect(headings[0]).toBeCloseTo(90, 1);
    expect(headings[2]).toBeCloseTo(40, 1);
    expect(headings[4]).toBeCloseTo(350, 1);
    expect(headings[1]! > headings[2]! && headings[2]! > headings[3]!).toBe(true);
  });

  test('keeps the heading of a parked car', () => {
    const stands = [at(0), ...[1, 2, 3].map((s) => ({ ...at(0), t: T + s * 1_000, speedMps: 0 }))];
    expect(interpolate(stands, T + 2_500).heading).toBe(90);
  });

  test('is continuous in time, whatever the track', () => {
    const legs = fc.array(
      fc.record({
        ms: fc.integer({ min: 200, max: 12_000 }),
        mps: fc.double({ min: 0, max: 40, noNaN: true }),
        course: fc.double({ min: 0, max: 359.9, noNaN: true }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(legs, fc.constantFrom(-73.99, 179.999), (drive, lng) => {
        const positions: TimedPosition[] = [{ t: T, lat: START.lat, lng, heading: 0, speedMps: 0 }];
        for (const { ms, mps, course } of drive) {
          const { t, ...from } = positions.at(-1)!;
          const to = destination(from, course, (mps * ms) / 1_000);
          positions.push({ t: t + ms, ...to, heading: course, speedMps: mps });
        }
        let before = interpolate(positions, T);
        for (let now = T; now < positions.at(-1)!.t + 8_000; now += 20) {
          const place = interpolate(positions, now);
          expect(distanceM(before, place)).toBeLessThan(40 * 0.02 + 0.01);
          // A turn of half a circle takes 600 ms, or the 200 ms of the shortest leg.
          expect(turn(before.heading, place.heading)).toBeLessThanOrEqual(180 * (20 / 200) + 0.1);
          before = place;
        }
      }),
      { numRuns: 30 },
    );
  });
});

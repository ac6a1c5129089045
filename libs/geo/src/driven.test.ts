import { describe, expect, test } from 'vitest';
import { receiverNoise } from '../../../test/fixtures/tracks.js';
import { destination } from './distance.js';
import { drivenM } from './driven.js';

const START = { lat: 40.75, lng: -73.99 };
const street = (metres: number[]) =>
  metres.map((far, i) => ({ t: i * 1_000, ...destination(START, 60, far) }));
const straight = street(Array.from({ length: 100 }, (_, i) => i * 12));

describe('metres driven', () => {
  test('are zero without fixes and for a single place', () => {
    expect(drivenM([])).toBe(0);
    expect(drivenM([{ t: 0, ...START }])).toBe(0);
    expect(
      drivenM([
        { t: 0, ...START },
        { t: 0, ...destination(START, 0, 500) },
      ]),
    ).toBe(0);
  });

  test.each([1, 2, 3, 4, 5])(
    'are almost zero for a car that stands for an hour with 5 m of noise (seed %d)',
    (seed) => {
      const noise = receiverNoise(seed, 5);
      const stands = Array.from({ length: 3_600 }, (_, i) => ({ t: i * 1_000, ...noise(START) }));
      expect(drivenM(stands)).toBeLessThan(30);
    },
  );

  test.each([1, 2, 3, 4, 5])('follow the route, not the noise on it (seed %d)', (seed) => {
    const noise = receiverNoise(seed, 5);
    const noisy = street(Array.from({ length: 600 }, (_, i) => i * 10)).map((fix) => ({
      t: fix.t,
      ...noise(fix),
    }));
    expect(Math.abs(drivenM(noisy) / 5_990 - 1)).toBeLessThan(0.04);
  });

  test('are the same in any order, with late and repeated fixes', () => {
    const metres = drivenM(straight);
    expect(Math.abs(metres - 99 * 12)).toBeLessThan(30);
    expect(drivenM([...straight.filter((_, i) => i % 7 !== 3), ...straight].reverse())).toBe(metres);
  });

  test('include a detour that only late fixes show', () => {
    const ends = [straight[0]!, { ...straight[99]!, ...destination(START, 60, 1_000) }];
    const detour = { t: 50_000, ...destination(destination(START, 60, 500), 150, 500) };
    expect(drivenM(ends)).toBeCloseTo(1_000, -1);
    expect(drivenM([...ends, detour])).toBeCloseTo(2 * Math.hypot(500, 500), -1);
  });

  test('leave out jumps that no car can make: one bad fix, several, or a lasting one', () => {
    const bad = (from: number, to: number) =>
      straight.map((fix, i) => (i >= from && i < to ? { ...fix, ...destination(fix, 0, 9_000) } : fix));
    for (const [from, to] of [
      [50, 51],
      [50, 53],
      [50, 100],
    ])
      expect(Math.abs(drivenM(bad(from!, to!)) - 99 * 12)).toBeLessThan(120);
  });

  test('leave out a reflection: a place that only one fix reports before the next is back again', () => {
    const stands = Array.from({ length: 60 }, (_, i) => ({ t: i * 10_000, ...START }));
    const reflected = stands.map((fix, i) => (i % 3 === 1 ? { t: fix.t, ...destination(fix, 0, 200) } : fix));
    expect(drivenM(reflected)).toBe(0);
  });

  test('ignore a rough fix among good ones', () => {
    const good = straight.map((fix) => ({ ...fix, accuracyM: 5 }));
    const one = { ...good[50]!, ...destination(good[50]!, 150, 400), accuracyM: 500 };
    expect(Math.abs(drivenM(good.with(50, one)) - drivenM(good))).toBeLessThan(30);
  });

  /** Ten minutes of a parked car whose position drifts by up to 15 m, with a stated accuracy of 5 m. */
  const parked = (speedMps?: number) =>
    Array.from({ length: 600 }, (_, i) => ({
      t: i * 1_000,
      ...destination(START, (i * 7) % 360, 7.5 + 7.5 * Math.sin(i / 20)),
      accuracyM: 5,
      ...(speedMps === undefined ? {} : { speedMps, isSpeedReported: true }),
    }));

  test('are zero for a parked car that drifts, when its device reports no speed', () => {
    expect(drivenM(parked(0))).toBe(0);
    expect(drivenM(parked(0.3))).toBe(0);
  });

  test.each([1, 2, 3])(
    'are zero for a parked car with 15 m of noise and a reported speed of 0 (seed %d)',
    (seed) => {
      const noise = receiverNoise(seed, 15);
      const stands = parked(0).map((fix) => ({ ...fix, ...noise(START) }));
      expect(drivenM(stands)).toBe(0);
    },
  );

  test('are almost zero for a slow wander that returns, without a reported speed', () => {
    const wander = Array.from({ length: 600 }, (_, i) => ({
      t: i * 1_000,
      ...destination(START, 90, 35 * Math.sin(i / 95) ** 2),
      accuracyM: 5,
    }));
    expect(drivenM(wander)).toBeLessThan(30);
  });

  test('are counted when a device always reports a speed of 0', () => {
    const moving = straight.map((fix) => ({ ...fix, speedMps: 0, isSpeedReported: true }));
    expect(Math.abs(drivenM(moving) - 99 * 12)).toBeLessThan(110);
  });

  test('leave out the jump with which a receiver finds back when the car leaves a garage', () => {
    const garage = { ...destination(START, 330, 60), accuracyM: 5, speedMps: 0, isSpeedReported: true };
    const inside = Array.from({ length: 120 }, (_, i) => ({ ...garage, t: (i - 120) * 1_000 }));
    const outside = straight.map((fix, i) => ({
      ...fix,
      accuracyM: 5,
      speedMps: Math.min(12, i * 2),
      isSpeedReported: true,
    }));
    const drivenOutside = drivenM(outside);
    expect(Math.abs(drivenM([...inside, ...outside]) - drivenOutside)).toBeLessThan(25);
    const silent = (fixes: typeof outside) =>
      fixes.map(({ t, lat, lng, accuracyM }) => ({ t, lat, lng, accuracyM }));
    expect(Math.abs(drivenM(silent([...inside, ...outside])) - drivenOutside)).toBeLessThan(25);
  });

  test('bridge the gap that a flipped sign leaves', () => {
    const flipped = straight.map((fix, i) => (i >= 50 && i < 54 ? { ...fix, lng: -fix.lng } : fix));
    expect(Math.abs(drivenM(flipped) - drivenM(straight))).toBeLessThan(1);
  });

  test('are counted on both sides of a flight, and not in between', () => {
    const there = straight.map((fix) => ({
      t: fix.t + 100_000,
      ...destination({ lat: 51.5, lng: -0.1 }, 60, (fix.t / 1_000) * 12),
    }));
    expect(Math.abs(drivenM([...straight, ...there]) - 2 * 99 * 12)).toBeLessThan(60);
  });
});

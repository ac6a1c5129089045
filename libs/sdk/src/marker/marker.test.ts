import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destination, distanceM, RIDER_GRID_M, snapToGrid } from '#geo';
import {
  backwardsM,
  type Delivery,
  delivered,
  fastestMps,
  watched,
} from '../../../../test/fixtures/screen.js';
import { turn } from '../../../../test/fixtures/tracks.js';
import { Marker } from './marker.js';
import type { TimedPosition } from './motion.js';

const T = 1_800_000_000_000;
const START = { lat: 40.75, lng: -73.99 };

/** Position on a drive east at 10 m/s by default. */
const at = (s: number, metres = s * 10, speedMps = 10): TimedPosition => ({
  t: T + s * 1_000,
  ...destination(START, 90, metres),
  heading: 90,
  speedMps,
});

/** Delivers each position 200 ms after it was taken. */
const intime = (positions: TimedPosition[]): Delivery[] =>
  positions.map((position) => ({ position, at: position.t + 200 }));
const seconds = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a marker', () => {
  test('has no place before the first position, then that position', () => {
    const marker = new Marker();
    expect(marker.at(T)).toBeNull();
    marker.add(at(0), T + 200);
    expect(marker.at(T + 200)).toMatchObject({ heading: 90, ageMs: 200, stale: false });
    expect(distanceM(marker.at(T + 200)!, START)).toBeLessThan(0.01);
  });

  test('of a car nearby moves all the time, from grid point to grid point, and never beyond the last one', () => {
    const marker = new Marker();
    const cars = seconds(13).map((i) => {
      const { lat, lng } = snapToGrid(destination(START, 90, i * 42), RIDER_GRID_M);
      return {
        position: { t: T + 5_000 * i, lat, lng, heading: i === 0 ? null : 90 },
        at: T + 5_000 * i + 7_000,
      };
    });
    const steps = [...watched(cars, marker)].filter(({ now }) => now > T + 30_000 && now < T + 66_000);
    for (const { metres, passedMs } of steps) {
      expect(metres / passedMs).toBeGreaterThan(0.003);
      expect(metres / passedMs).toBeLessThan(0.0201);
    }
    const track = cars.map(({ position }) => position);
    for (const step of steps) expect(backwardsM(track, step)).toBeLessThan(0.1);
    const last = cars.at(-1)!;
    expect(distanceM(marker.at(last.at + 60_000)!, last.position)).toBeLessThan(0.5);
  });

  test('moves evenly, with the delay with which positions arrive', () => {
    const marker = new Marker();
    const steps = [...watched(intime(seconds(30).map((s) => at(s))), marker)];
    expect(marker.delayMs).toBeCloseTo(1_300, -2);
    const driving = steps.filter(({ now }) => now > T + 3_000 && now < T + 29_000);
    for (const { metres, passedMs } of driving) expect(metres / passedMs).toBeCloseTo(0.01, 3);
    expect(driving.at(-1)!.now - driving.at(-1)!.to.t).toBeCloseTo(1_300, -1);
  });

  test('adapts its delay to a longer interval, and to a shorter one again', () => {
    const marker = new Marker();
    const slow = [...seconds(10), ...seconds(10).map((i) => 12 + i * 3)];
    for (const { position, at: now } of intime(slow.map((s) => at(s)))) marker.add(position, now);
    expect(marker.delayMs).toBe(3_300);
    for (const { position, at: now } of intime(seconds(12).map((s) => at(40 + s)))) marker.add(position, now);
    expect(marker.delayMs).toBe(1_300);
  });

  test('stops at the end of its look-ahead when positions stop, and continues from there', () => {
    const before = seconds(10).map((s) => at(s));
    const after = seconds(10).map((s) => at(30 + s, 120 + s * 10));
    const steps = [...watched(intime([...before, ...after]))];
    const standing = steps.filter(({ now }) => now > T + 14_000 && now < T + 30_000);
    for (const { metres, to } of standing) {
      expect(metres).toBe(0);
      expect(to.stale).toBe(true);
    }
    expect(distanceM(standing[0]!.to, at(9))).toBeCloseTo(15, 0);
    expect(Math.max(...steps.map(({ metres }) => metres))).toBeLessThan(25 / 60);
    expect(distanceM(steps.at(-1)!.to, after.at(-1)!)).toBeLessThan(16);
  });

  test('waits for a car that braked during a gap, and moves back slowly', () => {
    const track = [
      ...seconds(10).map((s) => at(s)),
      at(13, 92, 0),
      ...seconds(20).map((s) => at(14 + s, 92, 0)),
    ];
    const steps = [...watched(intime(track))];
    const furthest = Math.max(...steps.map(({ to }) => distanceM(START, to)));
    expect(furthest).toBeGreaterThan(95);
    expect(furthest).toBeLessThan(107);
    for (const step of steps)
      expect(distanceM(START, step.to) - distanceM(START, step.from)).toBeGreaterThan(-1.1 / 60);
    expect(distanceM(steps.at(-1)!.to, track.at(-1)!)).toBeLessThan(0.2);
  });

  test('does not turn back for a late position', () => {
    const late = { position: at(5), at: T + 8_150 };
    const others = intime(
      seconds(20)
        .filter((s) => s !== 5)
        .map((s) => at(s)),
    );
    for (const step of watched([...others, late].sort((a, b) => a.at - b.at)))
      expect(distanceM(START, step.to)).toBeGreaterThanOrEqual(distanceM(START, step.from) - 1e-6);
  });

  test('returns the same place twice for the same moment', () => {
    const marker = new Marker();
    for (const { position, at: now } of intime(seconds(5).map((s) => at(s)))) marker.add(position, now);
    marker.add({ ...at(5), ...destination(START, 90, 40) }, T + 5_200);
    const seen = marker.at(T + 5_216);
    expect(marker.at(T + 5_216)).toEqual(seen);
    expect(distanceM(seen!, START)).toBeGreaterThan(0);
  });

  test('jumps over more than half a kilometre', () => {
    const far = destination(START, 0, 800);
    const marker = new Marker();
    for (const { position, at: now } of intime(seconds(5).map((s) => at(s)))) marker.add(position, now);
    marker.at(T + 60_000);
    marker.add({ ...at(60), ...far, speedMps: 0 }, T + 60_200);
    marker.add({ ...at(61), ...far, speedMps: 0 }, T + 61_200);
    marker.add({ ...at(62), ...far, speedMps: 0 }, T + 62_200);
    expect(distanceM(marker.at(T + 62_200)!, far)).toBeLessThan(0.01);
  });

  test('ignores a position with a known time, and one older than all that it keeps', () => {
    const marker = new Marker();
    for (const { position, at: now } of intime(seconds(40).map((s) => at(s)))) marker.add(position, now);
    const seen = marker.at(T + 39_300);
    marker.add({ ...at(39), ...destination(START, 0, 300) }, T + 39_300);
    marker.add({ ...at(2), ...destination(START, 0, 300) }, T + 39_300);
    expect(marker.at(T + 39_300)).toEqual(seen);
  });

  test('works with a clock that is five seconds off', () => {
    const off = seconds(20).map((s) => ({ position: at(s), at: T + s * 1_000 - 5_000 }));
    const speeds = [...watched(off)].filter(({ now }) => now > T && now < T + 13_000);
    for (const { metres, passedMs } of speeds) expect(metres / passedMs).toBeCloseTo(0.01, 3);
  });

  test('never jumps or spins on any drive and delivery, nor moves back at the intervals of watched drivers', () => {
    const drive = fc.array(
      fc.record({ mps: fc.constantFrom(0, 0, 4, 12, 25), bend: fc.integer({ min: -80, max: 80 }) }),
      { minLength: 5, maxLength: 40 },
    );
    const everyMs = fc.constantFrom(1_000, 3_000, 10_000);
    const start = fc.constantFrom(START, { lat: 64, lng: 179.9995 });
    fc.assert(
      fc.property(drive, everyMs, start, fc.integer(), (legs, intervalMs, from, seed) => {
        const track: (TimedPosition & { heading: number })[] = [{ t: T, ...from, heading: 0, speedMps: 0 }];
        for (const { mps, bend } of legs) {
          const { t, heading, ...last } = track.at(-1)!;
          const course = mps === 0 ? heading : (heading + bend + 360) % 360;
          const to = destination(last, course, (mps * intervalMs) / 1_000);
          track.push({ t: t + intervalMs, ...to, heading: course, speedMps: mps });
        }
        const deliveries = delivered(track, seed);
        if (deliveries.length === 0) return;
        let backM = 0;
        for (const step of watched(deliveries)) {
          const fastest = fastestMps(track, step.from.t - 2 * intervalMs, step.to.t + 2 * intervalMs);
          const mostMps = Math.max(1.5 * fastest, 20) + 5;
          if (step.metres < 400) expect(step.metres).toBeLessThan((mostMps * step.passedMs) / 1_000 + 0.01);
          // Between two frames; it may turn as far as it likes in a pause that is skipped.
          if (step.passedMs < 100) expect(turn(step.from.heading, step.to.heading)).toBeLessThan(45);
          backM = Math.max(0, backM + backwardsM(track, step));
          // Ten seconds apart, a fix that comes late may show a way round a block that nobody could guess.
          if (intervalMs < 10_000) expect(backM).toBeLessThan(30);
        }
      }),
      { numRuns: 25 },
    );
  });
});

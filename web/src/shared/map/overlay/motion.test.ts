import { describe, expect, it } from 'vitest';
import { FADE_MS, Motion, STRIDE } from './motion.js';

const car = (x: number, y = 0, heading = 0) => ({ x, y, heading, status: 0 });

/** A car that starts at 0 and reports 10 m more each second; `now` is the time of the last report. */
function driving(reports = 3): { motion: Motion; now: number } {
  const motion = new Motion(0);
  for (let i = 0; i < reports; i++) motion.update('a', car(i * 10), 5_000 + i * 1_000, i * 1_000);
  return { motion, now: (reports - 1) * 1_000 };
}

describe('Motion', () => {
  it('shows a new car at its position immediately', () => {
    const motion = new Motion(0);
    motion.update('a', car(3, 4, 90), 1, 0);
    expect(motion.at('a', 0)).toEqual({ x: 3, y: 4, heading: 90 });
    expect(motion.at('b', 0)).toBeNull();
  });

  it('moves smoothly from the drawn position to the reported one', () => {
    const { motion, now } = driving();
    const drawn = motion.at('a', now + 500)!.x;
    motion.update('a', car(40), 7_500, now + 500);
    expect(motion.at('a', now + 500)!.x).toBeCloseTo(drawn, 3);
    expect(motion.at('a', now + 1_000)!.x).toBeGreaterThan(drawn);
  });

  it('is still moving when the next update arrives on time', () => {
    const { motion, now } = driving();
    expect(motion.at('a', now + 1_000)!.x).toBeGreaterThan(18);
    expect(motion.moves(now + 1_000)).toBe(true);
  });

  it('stops at the last known position when updates stop', () => {
    const { motion, now } = driving();
    expect(motion.at('a', now + 60_000)!.x).toBe(20);
    expect(motion.moves(now + 60_000)).toBe(false);
  });

  it('ignores a fix older than the latest one', () => {
    const { motion, now } = driving();
    expect(motion.update('a', car(5), 5_500, now + 100)).toBeNull();
    expect(motion.at('a', now + 60_000)!.x).toBe(20);
  });

  it('updates the status from a duplicate fix without starting a move', () => {
    const { motion, now } = driving();
    expect(motion.update('a', { ...car(20), status: 1 }, 7_000, now + 300)).toBeNull();
    expect(motion.data[8]).toBe(1);
    expect(motion.at('a', now + 60_000)!.x).toBe(20);
  });

  it('keeps its update interval after a stop of a minute', () => {
    const { motion, now } = driving();
    const move = motion.update('a', car(30), 67_000, now + 60_000)!;
    expect(move.toT - move.fromT).toBeLessThan(1_300);
  });

  it('keeps a car moving that is reported on a grid every five seconds', () => {
    const motion = new Motion(0);
    for (let i = 0; i < 4; i++) motion.update('a', car(i * 40), i * 5_000, i * 5_000);
    for (let ms = 0; ms <= 4_500; ms += 500)
      expect(motion.at('a', 15_000 + ms + 500)!.x).toBeGreaterThan(motion.at('a', 15_000 + ms)!.x);
  });

  it('jumps over a gap that no car can drive within one move', () => {
    const { motion, now } = driving();
    const move = motion.update('a', car(2_000), 30_000, now + 23_000)!;
    expect(move.fromT).toBe(move.toT);
    expect(motion.at('a', now + 23_000)!.x).toBe(2_000);
  });

  it('adapts to the update interval of each car', () => {
    const motion = new Motion(0);
    for (let i = 0; i < 12; i++) motion.update('a', car(i * 30), i * 3_000, i * 3_000);
    const move = motion.update('a', car(360), 36_000, 36_000)!;
    expect(move.toT - move.fromT).toBeGreaterThan(2_900);
  });

  it('moves without stops soon after the update interval became longer', () => {
    const { motion, now } = driving();
    motion.update('a', car(50), 10_000, now + 3_000);
    motion.update('a', car(80), 13_000, now + 6_000);
    expect(motion.moves(now + 8_800)).toBe(true);
  });

  it('turns the shorter way, also across north', () => {
    const motion = new Motion(0);
    motion.update('a', car(0, 0, 350), 1_000, 0);
    motion.update('a', car(10, 0, 20), 2_000, 1_000);
    expect(motion.data[7]).toBeCloseTo(30, 3);
    motion.update('a', car(20, 0, 340), 3_000, 60_000);
    expect(motion.data[7]).toBeCloseTo(-40, 3);
  });

  it('fades out a removed car, then forgets it without losing another', () => {
    const { motion, now } = driving();
    motion.update('b', car(7), 1, now);
    motion.remove('a', now);
    motion.settle(now + FADE_MS / 2);
    expect(motion.count).toBe(2);
    motion.settle(now + FADE_MS + 1);
    expect(motion.count).toBe(1);
    expect(motion.at('a', now)).toBeNull();
    expect(motion.at('b', now + 10_000)!.x).toBe(7);
  });

  it('brings back a removed car, even with an older fix', () => {
    const { motion, now } = driving();
    motion.remove('a', now);
    motion.update('a', car(99), 6_000, now + 100);
    motion.settle(now + 10_000);
    expect(motion.at('a', now + 10_000)!.x).toBe(99);
  });

  it('removes the cars that a snapshot does not contain', () => {
    const motion = new Motion(0);
    for (const id of ['a', 'b', 'c']) motion.update(id, car(1), 1, 0);
    motion.keepOnly(new Set(['b']), 10);
    motion.settle(FADE_MS + 20);
    expect(['a', 'b', 'c'].filter((id) => motion.at(id, 1_000) !== null)).toEqual(['b']);
  });

  it('grows without losing a car', () => {
    const motion = new Motion(0);
    for (let i = 0; i < 1_000; i++) motion.update(`car-${i}`, car(i), 1, 0);
    expect(motion.count).toBe(1_000);
    expect(motion.data.length).toBeGreaterThanOrEqual(1_000 * STRIDE);
    expect(motion.at('car-0', 0)!.x).toBe(0);
    expect(motion.at('car-999', 0)!.x).toBe(999);
  });

  it('keeps times exact over days', () => {
    const { motion, now } = driving();
    for (let hour = 1; hour <= 48; hour++) motion.settle(now + hour * 3_600_001);
    const later = now + 48 * 3_600_001 + 1_000;
    expect(motion.time(later)).toBeLessThan(2 ** 24);
    motion.update('a', car(30), 8_000, later);
    expect(motion.at('a', later)!.x).toBe(20);
    expect(motion.at('a', later + 560)!.x).toBeCloseTo(25, 0);
  });
});

import { describe, expect, it } from 'vitest';
import { FADE_MS, Motion, STRIDE } from './motion.js';

const car = (x: number, y = 0, heading = 0) => ({ x, y, heading, status: 0 });

/** A car at 0 that reports 10 m further on each second; `now` is when the last report came in. */
function driving(reports = 3): { motion: Motion; now: number } {
  const motion = new Motion(0);
  for (let i = 0; i < reports; i++) motion.update('a', car(i * 10), 5_000 + i * 1_000, i * 1_000);
  return { motion, now: (reports - 1) * 1_000 };
}

describe('Motion', () => {
  it('shows a new car at once where it is', () => {
    const motion = new Motion(0);
    motion.update('a', car(3, 4, 90), 1, 0);
    expect(motion.at('a', 0)).toEqual({ x: 3, y: 4, heading: 90 });
    expect(motion.at('b', 0)).toBeNull();
  });

  it('glides from where the car is seen to where it was reported, without a jump', () => {
    const { motion, now } = driving();
    const seen = motion.at('a', now + 500)!.x;
    motion.update('a', car(40), 7_500, now + 500);
    expect(motion.at('a', now + 500)!.x).toBeCloseTo(seen, 3);
    expect(motion.at('a', now + 1_000)!.x).toBeGreaterThan(seen);
  });

  it('is still moving when the next update comes in time', () => {
    const { motion, now } = driving();
    expect(motion.at('a', now + 1_000)!.x).toBeGreaterThan(18);
    expect(motion.moves(now + 1_000)).toBe(true);
  });

  it('stops at the last known position when updates stop', () => {
    const { motion, now } = driving();
    expect(motion.at('a', now + 60_000)!.x).toBe(20);
    expect(motion.moves(now + 60_000)).toBe(false);
  });

  it('ignores what was overtaken by a newer fix', () => {
    const { motion, now } = driving();
    expect(motion.update('a', car(5), 5_500, now + 100)).toBeNull();
    expect(motion.at('a', now + 60_000)!.x).toBe(20);
  });

  it('takes a new status from a repeated fix, but no new move', () => {
    const { motion, now } = driving();
    expect(motion.update('a', { ...car(20), status: 1 }, 7_000, now + 300)).toBeNull();
    expect(motion.data[8]).toBe(1);
    expect(motion.at('a', now + 60_000)!.x).toBe(20);
  });

  it('drives on in the same rhythm after a stop of a minute', () => {
    const { motion, now } = driving();
    const move = motion.update('a', car(30), 67_000, now + 60_000)!;
    expect(move.toT - move.fromT).toBeLessThan(1_300);
  });

  it('is put, not driven, over a gap that no car drives within one move', () => {
    const { motion, now } = driving();
    const move = motion.update('a', car(2_000), 30_000, now + 23_000)!;
    expect(move.fromT).toBe(move.toT);
    expect(motion.at('a', now + 23_000)!.x).toBe(2_000);
  });

  it('follows the rhythm of each car', () => {
    const motion = new Motion(0);
    for (let i = 0; i < 12; i++) motion.update('a', car(i * 30), i * 3_000, i * 3_000);
    const move = motion.update('a', car(360), 36_000, 36_000)!;
    expect(move.toT - move.fromT).toBeGreaterThan(2_900);
  });

  it('moves on without a stop soon after the rhythm became slower', () => {
    const { motion, now } = driving();
    motion.update('a', car(50), 10_000, now + 3_000);
    motion.update('a', car(80), 13_000, now + 6_000);
    expect(motion.moves(now + 8_800)).toBe(true);
  });

  it('turns the shorter way, also over north', () => {
    const motion = new Motion(0);
    motion.update('a', car(0, 0, 350), 1_000, 0);
    motion.update('a', car(10, 0, 20), 2_000, 1_000);
    expect(motion.data[7]).toBeCloseTo(30, 3);
    motion.update('a', car(20, 0, 340), 3_000, 60_000);
    expect(motion.data[7]).toBeCloseTo(-40, 3);
  });

  it('lets a gone car fade, then forgets it without losing another', () => {
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

  it('brings back a car that was gone, even with an older fix', () => {
    const { motion, now } = driving();
    motion.remove('a', now);
    motion.update('a', car(99), 6_000, now + 100);
    motion.settle(now + 10_000);
    expect(motion.at('a', now + 10_000)!.x).toBe(99);
  });

  it('keeps what a snapshot has and takes away the rest', () => {
    const motion = new Motion(0);
    for (const id of ['a', 'b', 'c']) motion.update(id, car(1), 1, 0);
    motion.keepOnly(new Set(['b']), 10);
    motion.settle(FADE_MS + 20);
    expect(['a', 'b', 'c'].filter((id) => motion.at(id, 1_000) !== null)).toEqual(['b']);
  });

  it('grows without losing anyone', () => {
    const motion = new Motion(0);
    for (let i = 0; i < 1_000; i++) motion.update(`car-${i}`, car(i), 1, 0);
    expect(motion.count).toBe(1_000);
    expect(motion.data.length).toBeGreaterThanOrEqual(1_000 * STRIDE);
    expect(motion.at('car-0', 0)!.x).toBe(0);
    expect(motion.at('car-999', 0)!.x).toBe(999);
  });

  it('keeps its times exact over days', () => {
    const { motion, now } = driving();
    for (let hour = 1; hour <= 48; hour++) motion.settle(now + hour * 3_600_001);
    const later = now + 48 * 3_600_001 + 1_000;
    expect(motion.time(later)).toBeLessThan(2 ** 24);
    motion.update('a', car(30), 8_000, later);
    expect(motion.at('a', later)!.x).toBe(20);
    expect(motion.at('a', later + 560)!.x).toBeCloseTo(25, 0);
  });
});

import { expect, test } from 'vitest';
import { FairShare } from './fair-share.js';

/** Runs checks until nothing moves any more; of those that move, each gateway gets its part by round robin. */
function settle(counts: number[]): { counts: number[]; checks: number } {
  const shares = counts.map(() => new FairShare());
  for (let checks = 0; ; checks += 1) {
    const moved = counts.map((own, i) =>
      shares[i]!.excess(
        own,
        counts.filter((_, other) => other !== i),
      ),
    );
    if (checks > 12 && moved.every((count) => count === 0)) return { counts, checks };
    const total = moved.reduce((sum, count) => sum + count, 0);
    counts = counts.map((own, i) => own - moved[i]! + total / counts.length);
  }
}

test('a gateway that restarted empty gets its part of the clients within a minute', () => {
  const { counts, checks } = settle([1_000, 0]);
  expect(Math.min(...counts)).toBeGreaterThan(450);
  expect(checks).toBeLessThan(60);
});

test('several gateways even out until none is far above its share', () => {
  const { counts } = settle([1_400, 500, 100]);
  expect(counts[0]).toBeLessThan(800);
  expect(counts[2]).toBeGreaterThan(400);
});

test('a small or short difference moves nobody, and nor does a gateway alone', () => {
  expect(settle([520, 480]).counts).toEqual([520, 480]);
  expect(settle([20, 0]).counts).toEqual([20, 0]);
  const share = new FairShare();
  for (let check = 1; check < 10; check += 1) expect(share.excess(1_000, [0])).toBe(0);
  expect(share.excess(500, [500])).toBe(0);
  expect(share.excess(1_000, [0])).toBe(0);
  expect(new FairShare().excess(1_000, [])).toBe(0);
});

import { expect, test } from 'vitest';
import { SweepPlan } from './sweep-plan.js';

const T = 1_800_000_000_000;
const SILENT_MS = 30_000;

test('a region is swept every second while drivers may be there, and then every ten minutes', () => {
  const plan = new SweepPlan(SILENT_MS);
  const sweeps: number[] = [];
  for (let second = 0; second < 3_600; second += 1) {
    const now = T + second * 1_000;
    if (!plan.isDue('r', T, now)) continue;
    plan.swept('r', now);
    sweeps.push(second);
  }
  expect(sweeps.filter((second) => second <= 50)).toHaveLength(51);
  expect(sweeps.filter((second) => second > 50)).toEqual([650, 1_250, 1_850, 2_450, 3_050]);
  expect(plan.isDue('r', T + 3_600_000, T + 3_600_000), 'after another write').toBe(true);
});

test('a processor that has not swept a region yet does so, however old its last write is', () => {
  const plan = new SweepPlan(SILENT_MS);
  expect(plan.isDue('r', T - 86_400_000, T)).toBe(true);
  plan.swept('r', T);
  plan.keep(new Set());
  expect(plan.isDue('r', T - 86_400_000, T)).toBe(true);
});

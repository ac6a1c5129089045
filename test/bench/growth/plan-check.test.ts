import { expect, test } from 'vitest';
import { reached } from '../report.js';
import { comparePlan, type Needs, planned } from './plan-check.js';

const RUN: Needs = { gatewayMs: 400, storeMs: 200, indexMb: 10 };
const missedBy = (plan: Needs): string[] =>
  comparePlan('a size', plan, RUN)
    .filter((check) => !reached(check))
    .map(({ what }) => what);

test('a plan within a quarter of what a run needed passes', () => {
  expect(missedBy(RUN)).toEqual([]);
  expect(missedBy({ gatewayMs: 490, storeMs: 160, indexMb: 12 })).toEqual([]);
});

test('gateways, processors with Redis, and memory are checked each, in both directions', () => {
  expect(missedBy({ ...RUN, gatewayMs: 510 })).toEqual(['CPU of gateways, planned : measured, a size']);
  expect(missedBy({ ...RUN, storeMs: 140 })).toEqual([
    'CPU of processors and Redis, planned : measured, a size',
  ]);
  expect(missedBy({ ...RUN, indexMb: 13 })).toEqual(['memory of the index, planned : measured, a size']);
  expect(missedBy({ gatewayMs: 100, storeMs: 1_000, indexMb: 1 })).toHaveLength(3);
});

test('a figure that could not be measured fails', () => {
  expect(comparePlan('a size', RUN, { ...RUN, indexMb: Number.NaN }).some((check) => !reached(check))).toBe(
    true,
  );
});

test('twice the drivers at twice the rate are planned with twice of everything', async () => {
  const [one, two] = [
    await planned({ drivers: 1_000, fixesPerS: 500 }),
    await planned({ drivers: 2_000, fixesPerS: 1_000 }),
  ];
  for (const [need, value] of Object.entries(two)) expect(value).toBeCloseTo(2 * one[need as keyof Needs]);
});

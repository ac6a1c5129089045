import { expect, test } from 'vitest';
import { RunningTime } from './running-time.js';

/** Time that has passed after ticks at these times. */
function after(ticks: number[], now: number): number {
  const time = new RunningTime(1_000);
  for (const tick of ticks) time.tick(tick);
  return time.at(now);
}

test('running time passes like any other while the process runs, also between two ticks and when one is late', () => {
  expect(after([], 1_300)).toBe(300);
  expect(after([1_500, 2_000], 2_400)).toBe(1_400);
  expect(after([1_500, 2_400], 2_500)).toBe(1_500);
});

test('a pause of the process counts as a second, whether or not a tick has followed it', () => {
  expect(after([1_500], 31_500)).toBe(1_500);
  expect(after([1_500, 31_500], 31_700)).toBe(1_700);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '#city';
import { EventRate, Pacing, pauseMs } from './pacing.js';

const LONGEST_MS = pauseMs(1_000);

type Sent = { at: number; arrivals: number[] };

/** Sends what arrives as the appender does: what waits leaves when the pacing says so. @param arrivals ms, ascending */
function batchesOf(arrivals: number[], pacing = new Pacing()): Sent[] {
  const batches: Sent[] = [];
  let waiting: number[] = [];
  let dueAt = 0;
  const send = () => {
    pacing.sent(waiting.length, dueAt);
    batches.push({ at: dueAt, arrivals: waiting });
    waiting = [];
  };
  for (const at of arrivals) {
    if (waiting.length > 0 && dueAt <= at) send();
    if (waiting.length === 0) dueAt = at + pacing.waitMs(at);
    waiting.push(at);
  }
  if (waiting.length > 0) send();
  return batches;
}

/** Arrivals from many drivers that know nothing of each other. */
function irregularly(perS: number, seconds: number, random: () => number): number[] {
  const times: number[] = [];
  const gapMs = () => (-Math.log(1 - random()) * 1_000) / perS;
  for (let at = gapMs(); at < seconds * 1_000; at += gapMs()) times.push(at);
  return times;
}
const evenly = (perS: number, seconds: number): number[] =>
  Array.from({ length: perS * seconds }, (_, i) => (i * 1_000) / perS);
const after = (batches: Sent[], ms: number) => batches.filter(({ at }) => at > ms);
const waits = (batches: Sent[]) =>
  batches.flatMap(({ at, arrivals }) => arrivals.map((arrived) => at - arrived)).sort((a, b) => a - b);
const meanSize = (batches: Sent[]) =>
  batches.reduce((sum, batch) => sum + batch.arrivals.length, 0) / batches.length;

describe('the pacing', () => {
  test.each([1, 10, 50, 100])('does not wait at all at %i fixes a second', (perS) => {
    for (const { at, arrivals } of batchesOf(evenly(perS, 10))) expect(arrivals).toEqual([at]);
  });

  test('does not wait at 90 a second either if they arrive irregularly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), (seed) => {
        const batches = batchesOf(irregularly(90, 20, seeded(seed)));
        expect(waits(batches).at(-1)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('gathers about a dozen at 1,000 a second, and the median fix waits half of the pause', () => {
    const steady = after(batchesOf(evenly(1_000, 10)), 5_000);
    expect(meanSize(steady)).toBeGreaterThan(LONGEST_MS - 1);
    expect(meanSize(steady)).toBeLessThan(LONGEST_MS + 3);
    const all = waits(steady);
    expect(all[Math.floor(all.length / 2)]).toBeLessThan(LONGEST_MS / 2 + 1);
    expect(all.at(-1)).toBeLessThanOrEqual(LONGEST_MS);
    expect(LONGEST_MS).toBeLessThan(12);
  });

  test('never waits longer than at 1,000 a second', () => {
    const steady = after(batchesOf(evenly(8_000, 5)), 3_000);
    expect(waits(steady).at(-1)).toBeLessThanOrEqual(LONGEST_MS);
    expect(meanSize(steady)).toBeGreaterThan(60);
  });

  test('sends the first fix after a pause at once, whatever came before', () => {
    const pacing = new Pacing();
    batchesOf(evenly(8_000, 3), pacing);
    expect(pacing.waitMs(3_100)).toBe(0);
  });

  test('follows the rate within two seconds, up and down', () => {
    const times = evenly(1_000, 5).concat(evenly(50, 5).map((at) => 5_000 + at));
    const batches = batchesOf(times);
    expect(meanSize(batches.filter(({ at }) => at > 2_000 && at < 5_000))).toBeGreaterThan(7);
    expect(waits(after(batches, 7_500)).at(-1)).toBe(0);
  });

  test('grows with the rate between no pause and the longest', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(20_000), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(pauseMs(low)).toBeLessThanOrEqual(pauseMs(high));
        expect(pauseMs(high)).toBeLessThanOrEqual(LONGEST_MS);
        if (low <= 100) expect(pauseMs(low)).toBe(0);
      }),
    );
  });
});

test('the rate is that of the last second, and of nothing once nothing arrives', () => {
  const rate = new EventRate();
  for (const at of evenly(500, 5)) rate.note(1, at);
  expect(rate.perS(5_000)).toBeGreaterThan(480);
  expect(rate.perS(5_000)).toBeLessThan(520);
  expect(rate.perS(15_000)).toBeLessThan(1);
});

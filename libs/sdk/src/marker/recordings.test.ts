import { describe, expect, test } from 'vitest';
import { distanceM, reachable } from '#geo';
import {
  accepted,
  backwardsM,
  delivered,
  fastestMps,
  sampled,
  truthAt,
  watched,
} from '../../../../test/fixtures/screen.js';
import { quantile, receiverNoise, recordedTracks, type TracedFix } from '../../../../test/fixtures/tracks.js';

const nyc = recordedTracks('nyc-trips');
const beijing = recordedTracks('beijing-gps');
const absent = nyc === null || beijing === null;

type Drive = { truth: TracedFix[]; read: TracedFix[] };

/** Results over all drives: deviation from the track, delay, backward movement, and lead over the newest position. */
type Seen = { deviationsM: number[]; delaysMs: number[]; backsM: number[]; aheadM: number; jumps: number };

/** Recorded taxi drives in New York, as an app with a good receiver would report them. */
function taxis(intervalMs: number): Drive[] {
  const noise = receiverNoise(intervalMs, 3);
  const long = [...nyc!.values()].filter(({ length }) => length > 20).slice(0, 6);
  return long.map((truth) => ({
    truth,
    read: sampled(truth, intervalMs).map((fix) => ({ t: fix.t, ...noise(fix) })),
  }));
}

function watchAll(drives: Drive[]): Seen {
  const seen: Seen = { deviationsM: [], delaysMs: [], backsM: [], aheadM: 0, jumps: 0 };
  for (const [seed, { truth, read }] of drives.entries()) {
    const track = accepted(read);
    let backM = 0;
    for (const step of watched(delivered(track, seed))) {
      const { from, to, now, metres, passedMs } = step;
      const seconds = passedMs / 1_000;
      // 1.5 times the speed of the car, or 20 m/s when late, plus 5 m/s of corrections.
      const mostMps = () => Math.max(20, 1.5 * fastestMps(track, from.t - 10_000, to.t + 10_000)) + 5;
      const isDriven = metres <= seconds * 25 || metres <= seconds * mostMps() + 0.01;
      if (!isDriven) {
        expect(metres > 450 || !reachable({ ...from, t: now - 1_000 }, { ...to, t: now })).toBe(true);
        seen.jumps += 1;
        continue;
      }
      backM = Math.max(0, backM + backwardsM(track, step));
      seen.backsM.push(backM);
      const newestT = now - to.ageMs;
      if (to.t > newestT) seen.aheadM = Math.max(seen.aheadM, distanceM(to, truthAt(track, newestT)));
      if (to.stale) continue;
      seen.deviationsM.push(distanceM(to, truthAt(truth, to.t)));
      seen.delaysMs.push(now - to.t);
    }
  }
  return seen;
}

describe.skipIf(absent)(`a marker on recorded drives${absent ? ' (recordings not installed)' : ''}`, () => {
  test('is smooth, accurate and hardly late for taxis that report every second', () => {
    const { deviationsM, delaysMs, backsM, aheadM, jumps } = watchAll(taxis(1_000));
    expect(jumps).toBe(0);
    expect(aheadM).toBeLessThan(30.1);
    // 2.5 m are the error of the receiver; the rest is extrapolation where positions were lost.
    expect(quantile(deviationsM, 0.5)).toBeLessThan(4);
    expect(quantile(deviationsM, 0.99)).toBeLessThan(12);
    // One in thirty arrives after its successor, and the delay covers that for all.
    expect(quantile(delaysMs, 0.5)).toBeLessThan(2_000);
    expect(quantile(delaysMs, 0.99)).toBeLessThan(4_000);
    expect(quantile(backsM, 1)).toBeLessThan(12);
  });

  test('is accurate for taxis that report every three seconds', () => {
    const { deviationsM, delaysMs, backsM, aheadM, jumps } = watchAll(taxis(3_000));
    expect(jumps).toBe(0);
    expect(aheadM).toBeLessThan(30.1);
    // It cuts corners.
    expect(quantile(deviationsM, 0.5)).toBeLessThan(4);
    expect(quantile(deviationsM, 0.99)).toBeLessThan(15);
    expect(quantile(delaysMs, 0.5)).toBeLessThan(4_500);
    expect(quantile(backsM, 1)).toBeLessThan(12);
  });

  test('follows raw tracks with gaps of hours, jumps and irregular intervals', () => {
    const drives = [...beijing!.values()].map((track) => track.slice(140, 300));
    const { deviationsM, backsM, aheadM, jumps } = watchAll(
      drives.map((track) => ({ truth: track, read: track })),
    );
    // Each jump covers half a kilometre after a gap.
    expect(jumps).toBeGreaterThan(0);
    expect(aheadM).toBeLessThan(30.1);
    expect(quantile(deviationsM, 0.5)).toBeLessThan(1);
    expect(quantile(deviationsM, 0.99)).toBeLessThan(20);
    // A lost position may have been part of a detour.
    expect(quantile(backsM, 1)).toBeLessThan(50);
  });
});

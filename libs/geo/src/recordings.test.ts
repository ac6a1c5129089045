import { describe, expect, test } from 'vitest';
import {
  median,
  quantile,
  recordedTracks,
  sumOfSteps,
  type TracedFix,
  turn,
} from '../../../test/fixtures/tracks.js';
import { type Decision, decide } from './decide.js';
import { bearing, distanceM } from './distance.js';
import { drivenM } from './driven.js';
import type { LastFix } from './last-fix.js';
import { MAX_SPEED_MPS } from './plausible.js';

const nyc = recordedTracks('nyc-trips');
const beijing = recordedTracks('beijing-gps');
const absent = nyc === null || beijing === null;

function decisions(track: TracedFix[]): Decision[] {
  let last: LastFix | null = null;
  return track.map((fix) => {
    const decision = decide(last, fix, fix.t);
    if (decision.kind === 'accepted' || decision.kind === 'implausible') last = decision.last;
    return decision;
  });
}

describe.skipIf(absent)(`recorded tracks${absent ? ' (data not available)' : ''}`, () => {
  test('heading and speed of clean tracks match each step', () => {
    const headings: number[] = [];
    const speeds: number[] = [];
    for (const track of nyc!.values()) {
      decisions(track).forEach((decision, i) => {
        const before = track[i - 1];
        if (before === undefined || decision.kind === 'repeated') return;
        if (decision.kind !== 'accepted') throw new Error(`a clean fix is ${decision.kind}`);
        const step = distanceM(before, decision.last);
        if (step < 5) return;
        headings.push(turn(decision.last.heading, bearing(before, decision.last)));
        speeds.push(Math.abs(decision.last.speedMps - step / ((decision.last.t - before.t) / 1_000)));
      });
    }
    expect(headings.length).toBeGreaterThan(20_000);
    expect(median(headings)).toBeLessThan(1);
    expect(quantile(headings, 0.9)).toBeLessThan(15);
    expect(quantile(speeds, 0.9)).toBeLessThan(0.5);
  });

  test('no driver of raw tracks is frozen for a minute or drives faster than a car', () => {
    const kinds: Partial<Record<Decision['kind'], number>> = {};
    for (const track of beijing!.values()) {
      let heldSince: number | null = null;
      for (const [i, decision] of decisions(track).entries()) {
        kinds[decision.kind] = (kinds[decision.kind] ?? 0) + 1;
        heldSince = decision.kind === 'implausible' ? (heldSince ?? track[i]!.t) : null;
        if (heldSince !== null) expect(track[i]!.t - heldSince).toBeLessThan(60_000);
        if (decision.kind === 'accepted') expect(decision.last.speedMps).toBeLessThanOrEqual(MAX_SPEED_MPS);
      }
    }
    const { accepted, repeated, implausible } = kinds;
    expect(kinds).toEqual({ accepted, repeated: 30, implausible });
    expect(implausible).toBeLessThan(30);
    expect(accepted! + repeated! + implausible!).toBe(38_440);
  });

  test('metres driven equal the steps of clean tracks and never exceed those of raw ones', () => {
    const total = (sum: (track: TracedFix[]) => number) =>
      [...nyc!.values()].reduce((metres, track) => metres + sum(track), 0);
    expect(Math.abs(total(drivenM) / total(sumOfSteps) - 1)).toBeLessThan(0.03);
    for (const track of beijing!.values()) {
      expect(drivenM(track)).toBeLessThanOrEqual(sumOfSteps(track));
      expect(drivenM(track)).toBeGreaterThan(0);
    }
  });
});

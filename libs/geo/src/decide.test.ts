import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Decision, decide, type LastFix, MAX_SPEED_MPS } from './decide.js';
import { destination, distanceM } from './distance.js';

const START = { t: 1_000_000, lat: 40.75, lng: -73.99 };

function accepted(previous: LastFix | null, fix: Parameters<typeof decide>[1]): LastFix {
  const decision = decide(previous, fix);
  if (decision.kind !== 'accepted') throw new Error(`the fix is ${decision.kind}`);
  return decision.last;
}
/** A fix some seconds later, some metres away. */
const later = (seconds: number, metres: number, heading = 90) => ({
  t: START.t + seconds * 1_000,
  ...destination(START, heading, metres),
});

describe('a fix', () => {
  const first = accepted(null, START);

  test('is accepted when it is the first or the newest', () => {
    expect(first).toEqual({ ...START, accuracyM: null, heading: 0, speedMps: 0, held: null });
    expect(accepted(first, later(10, 100))).toMatchObject({ t: START.t + 10_000 });
  });

  test('is late when older than the watermark, repeated when as old', () => {
    expect(decide(first, { ...START, t: START.t - 1 })).toEqual({ kind: 'late' });
    expect(decide(first, later(0, 5))).toEqual({ kind: 'repeated' });
  });

  test('brings heading and speed, or they follow from the step', () => {
    const derived = accepted(first, later(10, 100));
    expect(derived.heading).toBeCloseTo(90, 1);
    expect(derived.speedMps).toBeCloseTo(10, 1);
    expect(accepted(first, { ...later(10, 100), heading: 12, speedMps: 3 })).toMatchObject({
      heading: 12,
      speedMps: 3,
    });
  });

  test('of a standing car keeps its heading', () => {
    const drove = accepted(first, later(10, 100));
    const stands = accepted(drove, { ...destination(drove, 250, 2), t: drove.t + 1_000 });
    expect(stands).toMatchObject({ heading: drove.heading, speedMps: 0 });
  });
});

describe('a jump', () => {
  const first = accepted(null, START);

  test('is held back, and a single one changes nothing', () => {
    const decision = decide(first, later(10, 5_000)) as Extract<Decision, { kind: 'implausible' }>;
    expect(decision.kind).toBe('implausible');
    expect(decision.last).toMatchObject({ t: first.t, lat: first.lat, lng: first.lng });
    expect(accepted(decision.last, later(20, 100)).held).toBeNull();
  });

  test('is believed when a second fix agrees with it', () => {
    const held = decide(first, later(10, 5_000)) as Extract<Decision, { kind: 'implausible' }>;
    const there = accepted(held.last, later(11, 5_010));
    expect(distanceM(there, START)).toBeCloseTo(5_010, 0);
    expect(there.speedMps).toBeCloseTo(10, 0);
  });

  test('within the accuracy that both readings state is none', () => {
    const rough = accepted(null, { ...START, accuracyM: 400 });
    expect(decide(rough, { ...later(1, 700), accuracyM: 300 }).kind).toBe('accepted');
    expect(decide(rough, { ...later(1, 900), accuracyM: 30 }).kind).toBe('implausible');
  });
});

const TRACE = '../shared/traces/beijing-gps.ndjson';
const raw = existsSync(TRACE);
test.skipIf(!raw)(
  `raw GPS: nobody is ever frozen, nobody drives faster than a car${raw ? '' : ' (no traces here)'}`,
  () => {
    const last = new Map<string, LastFix>();
    const kinds: Record<Decision['kind'], number> = { accepted: 0, late: 0, repeated: 0, implausible: 0 };
    const heldInARow = new Map<string, number>();
    for (const line of readFileSync(TRACE, 'utf8').trim().split('\n')) {
      const { id, ...fix } = JSON.parse(line);
      const decision = decide(last.get(id) ?? null, fix);
      kinds[decision.kind] += 1;
      const row = decision.kind === 'implausible' ? (heldInARow.get(id) ?? 0) + 1 : 0;
      heldInARow.set(id, row);
      expect(row).toBeLessThan(4);
      if (decision.kind === 'accepted') expect(decision.last.speedMps).toBeLessThanOrEqual(MAX_SPEED_MPS);
      if (decision.kind === 'accepted' || decision.kind === 'implausible') last.set(id, decision.last);
    }
    expect(kinds).toMatchObject({ late: 0, repeated: 30 });
    expect(kinds.implausible).toBeLessThan(20);
    expect(kinds.accepted + kinds.repeated + kinds.implausible).toBe(38_440);
  },
);

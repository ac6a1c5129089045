import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decision, decide } from './decide.js';
import { destination, distanceM } from './distance.js';
import type { LastFix, RawFix } from './last-fix.js';
import { MAX_SPEED_MPS } from './plausible.js';

const START = { t: 1_000_000, lat: 40.75, lng: -73.99 };
const NOW = START.t + 3_600_000;

/** Fix `seconds` later and `metres` to the east. */
const later = (seconds: number, metres: number, more: Partial<RawFix> = {}): RawFix => ({
  t: START.t + seconds * 1_000,
  ...destination(START, 90, metres),
  ...more,
});
function accepted(previous: LastFix | null, fix: RawFix): LastFix {
  const decision = decide(previous, fix, NOW);
  if (decision.kind !== 'accepted') throw new Error(`the fix is ${decision.kind}`);
  return decision.last;
}
function implausible(previous: LastFix, fix: RawFix): Extract<Decision, { kind: 'implausible' }> {
  const decision = decide(previous, fix, NOW);
  if (decision.kind !== 'implausible') throw new Error(`the fix is ${decision.kind}`);
  return decision;
}
const first = accepted(null, START);

describe('a fix', () => {
  test('is accepted when it is the first or the newest one', () => {
    const { t, lat, lng } = START;
    expect(first).toEqual({
      ...START,
      accuracyM: null,
      heading: 0,
      speedMps: 0,
      anchor: { t, lat, lng },
      held: null,
    });
    expect(accepted(first, later(10, 100))).toMatchObject({ t: START.t + 10_000 });
  });

  test('is late when older than the watermark, repeated when equally old', () => {
    expect(decide(first, { ...START, t: START.t - 1 }, NOW)).toEqual({ kind: 'late' });
    expect(decide(first, later(0, 5), NOW)).toEqual({ kind: 'repeated' });
  });

  test('is stored to the centimetre, with seven decimals', () => {
    const exact = { t: START.t, lat: 40.123456789, lng: -1e-9 };
    expect(accepted(null, exact)).toMatchObject({
      lat: 40.1234568,
      lng: 0,
      anchor: { lat: 40.1234568, lng: 0 },
    });
    const { held } = implausible(first, { ...exact, t: START.t + 1 }).last;
    expect(held).toMatchObject({ t: START.t + 1, lat: 40.1234568, lng: 0 });
  });
});

describe('a fix is refused', () => {
  const refused = (why: string) => ({ kind: 'refused', why });

  test('when over a minute in the future, with or without a previous fix', () => {
    for (const previous of [null, first]) {
      expect(decide(previous, { ...START, t: NOW + 60_001 }, NOW)).toEqual(refused('future'));
      expect(decide(previous, { ...START, t: NOW + 60_000 }, NOW).kind).toBe('accepted');
    }
  });

  test.each([
    { t: Number.NaN },
    { t: Number.NEGATIVE_INFINITY },
    { t: -1 },
    { lat: Number.NaN },
    { lat: 90.1 },
    { lng: Number.POSITIVE_INFINITY },
    { lng: -180.1 },
    { accuracyM: -1 },
    { heading: 360 },
    { speedMps: Number.NaN },
  ])('when malformed: %j, even when it is late', (change) => {
    for (const previous of [null, first, accepted(first, later(60, 0))])
      expect(decide(previous, { ...later(1, 1), ...change }, NOW)).toEqual(refused('malformed'));
  });
});

describe('a jump', () => {
  test('is held, and a single one does not move the driver', () => {
    const { why, last } = implausible(first, later(10, 5_000));
    expect(why).toBe('jump');
    const { lat, lng } = last.held!;
    expect(last).toEqual({
      ...first,
      held: {
        ...{ t: START.t + 10_000, lat, lng, since: START.t + 10_000, fixes: 1 },
        path: [{ t: START.t + 10_000, lat, lng, accuracyM: null, heading: null, speedMps: null }],
      },
    });
    expect(distanceM(last.held!, START)).toBeCloseTo(5_000, 0);
    expect(accepted(last, later(20, 100)).held).toBeNull();
  });

  /** Decides fixes at these seconds, each 10 m further than the one before. @returns seconds of the first accepted one */
  const acceptedAt = (seconds: number[], metres: number, stepM = 10): number | null => {
    let last: LastFix = first;
    for (const [i, second] of seconds.entries()) {
      const decision = decide(last, later(second, metres + i * stepM), NOW);
      if (decision.kind === 'accepted') return second;
      last = implausible(last, later(second, metres + i * stepM)).last;
    }
    return null;
  };
  const everySecond = Array.from({ length: 60 }, (_, i) => i + 1);

  test('is accepted after five different fixes that form a possible motion', () => {
    expect(acceptedAt(everySecond, 8_000)).toBe(5);
    expect(acceptedAt([1, 4, 7, 10, 13, 16], 8_000)).toBe(13);
  });

  test('is not confirmed by the same wrong place within a second, nor by a burst of fixes', () => {
    expect(acceptedAt([1, 1.7], 8_000, 1)).toBeNull();
    expect(acceptedAt([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6], 8_000, 1)).toBeNull();
  });

  test('is not confirmed by identical coordinates; only after a minute of nothing else they are true', () => {
    expect(acceptedAt(everySecond.slice(0, 50), 8_000, 0)).toBeNull();
    expect(acceptedAt(everySecond, 8_000, 0)).toBe(56);
  });

  test.each([1, 3, 10])(
    'of a flipped sign, for four fixes every %i s, does not move the driver',
    (everyS) => {
      let last: LastFix = first;
      for (let i = 1; i <= 4; i += 1) {
        const { lat, lng, t } = later(i * everyS, i * everyS * 12);
        last = implausible(last, { t, lat, lng: -lng }).last;
      }
      expect(last).toMatchObject({ lat: first.lat, lng: first.lng });
      expect(accepted(last, later(5 * everyS, 5 * everyS * 12)).t).toBe(START.t + 5 * everyS * 1_000);
    },
  );

  test.each([1, 5, 10, 20])(
    'over 1,000 km, as by plane, is accepted within a minute of fixes every %i s',
    (everyS) => {
      const seconds = everySecond.filter((second) => second % everyS === 1 % everyS);
      const lastedS = acceptedAt([...seconds, 61], 11_000_000)! - seconds[0]!;
      expect(lastedS).toBeGreaterThanOrEqual(45);
      expect(lastedS).toBeLessThanOrEqual(60);
    },
  );

  test('is forgotten when the next fix is back, and begins again when the next one is elsewhere', () => {
    const { last } = implausible(first, later(1, 8_000));
    expect(implausible(last, later(2, 30_000)).last.held).toMatchObject({ since: START.t + 2_000, fixes: 1 });
    expect(accepted(last, later(2, 20)).held).toBeNull();
  });

  test('gives its fixes, also those that repeat its coordinates, to the fix that confirms it, and only then', () => {
    let last: LastFix = first;
    for (const second of [1, 2, 3]) last = implausible(last, later(second, 8_000 + second)).last;
    last = implausible(last, later(3.5, 8_003)).last;
    last = implausible(last, later(4, 8_004)).last;
    const decision = decide(last, later(5, 8_005, { speedMps: 1 }), NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    expect(decision.confirmed!.map(({ t }) => (t - START.t) / 1_000)).toEqual([1, 2, 3, 3.5, 4]);
    expect(decide(last, later(5, 20), NOW)).not.toHaveProperty('confirmed');
    expect(implausible(last, later(5, 30_000)).last.held!.path).toHaveLength(1);
  });

  test('keeps its fixes for the track when they come again or in another order', () => {
    let last: LastFix = first;
    for (const second of [1, 2, 4, 3, 1, 2, 5]) last = implausible(last, later(second, 8_000 + second)).last;
    const decision = decide(last, later(6, 8_006), NOW);
    if (decision.kind !== 'accepted') throw new Error(decision.kind);
    expect(decision.confirmed!.map(({ t }) => (t - START.t) / 1_000)).toEqual([1, 2, 3, 4, 5]);
  });

  test('keeps the last hundred of its fixes at most, thinning the older half', () => {
    let last: LastFix = first;
    for (let i = 1; i <= 250; i += 1)
      last = implausible(last, later(1 + i / 5, 11_000_000, { speedMps: 0 })).last;
    const seconds = last.held!.path.map(({ t }) => (t - START.t) / 1_000);
    expect(seconds.length).toBeLessThanOrEqual(100);
    expect(seconds.at(-1)).toBe(51);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds[0]).toBeLessThan(30);
  });

  test('is followed with the heading and speed of its own fixes', () => {
    let last: LastFix = first;
    for (const second of [1, 2, 3, 4]) last = implausible(last, later(second, 8_000 + second * 40)).last;
    expect(accepted(last, later(5, 8_200))).toMatchObject({
      heading: expect.closeTo(90, 0),
      speedMps: expect.closeTo(40, 0),
    });
  });

  test('is accepted within the stated accuracy of both readings', () => {
    const wide = accepted(null, { ...START, accuracyM: 400 });
    expect(decide(wide, later(1, 700, { accuracyM: 300 }), NOW).kind).toBe('accepted');
    expect(implausible(wide, later(1, 900, { accuracyM: 30 })).why).toBe('jump');
  });

  test('is no jump when a car can have driven there in the time between', () => {
    expect(distanceM(accepted(first, later(3_500, 200_000)), START)).toBeCloseTo(200_000, 0);
  });
});

describe('a rough fix', () => {
  const good = accepted(null, { ...START, accuracyM: 5 });

  test('does not replace a good position until the car can have driven as far as the fix may be wrong', () => {
    const rough = (seconds: number) => later(seconds, 300, { accuracyM: 500 });
    expect(implausible(good, rough(1))).toEqual({ kind: 'implausible', why: 'inaccurate', last: good });
    expect(implausible(good, rough(35)).why).toBe('inaccurate');
    expect(accepted(good, rough(36))).toMatchObject({ accuracyM: 500 });
    const fast = accepted(null, { ...START, accuracyM: 5, speedMps: 30 });
    expect(accepted(fast, rough(17)).t).toBe(START.t + 17_000);
  });

  test('neither confirms nor discards a held jump', () => {
    const { last } = implausible(good, later(2, 5_000));
    expect(implausible(last, later(3, 5_000, { accuracyM: 300 })).last).toEqual(last);
  });

  test('is accepted for a driver that has only rough ones', () => {
    let last = accepted(null, { ...START, accuracyM: 800 });
    for (let i = 1; i <= 60; i += 1) last = accepted(last, later(i, i * 10, { accuracyM: 790 + (i % 20) }));
    expect(last.t).toBe(START.t + 60_000);
  });

  test('does not change the heading and speed of a good position', () => {
    const drove = accepted(
      accepted(good, later(10, 150, { accuracyM: 5 })),
      later(11, 165, { accuracyM: 5 }),
    );
    const north = destination(later(51, 765), 0, 400);
    const then = accepted(drove, { t: START.t + 51_000, ...north, accuracyM: 500 });
    expect(then).toMatchObject({ heading: drove.heading, speedMps: drove.speedMps });
    const again = accepted(then, later(52, 780, { accuracyM: 5 }));
    expect(again.speedMps).toBeCloseTo(15, 0);
    expect(again.heading).toBeCloseTo(90, 0);
  });
});

test('fixes that agree for a minute move the driver there, whatever came before', () => {
  const anywhere = fc.record({
    t: fc.integer({ min: START.t, max: START.t + 600_000 }),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
    accuracyM: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true })),
    heading: fc.option(fc.double({ min: 0, max: 359, noNaN: true })),
    speedMps: fc.option(fc.double({ min: 0, max: 1_000, noNaN: true })),
  });
  const there = fc.record({
    lat: fc.double({ min: -89, max: 89, noNaN: true }),
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
    accuracyM: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
  });
  const gapS = fc.double({ min: 60, max: 3_000, noNaN: true });
  const course = fc.double({ min: 0, max: 359, noNaN: true });
  const part = fc.double({ min: 0, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(fc.array(anywhere), there, gapS, course, part, (before, place, seconds, heading, share) => {
      let last: LastFix | null = null;
      const take = (fix: RawFix) => {
        const decision = decide(last, fix, NOW);
        if (decision.kind === 'accepted' || decision.kind === 'implausible') last = decision.last;
        return decision.kind;
      };
      before.forEach(take);
      const t = START.t + 600_001;
      take({ t, ...place });
      const driven = destination(place, heading, share * MAX_SPEED_MPS * seconds);
      expect(take({ t: t + seconds * 1_000, ...driven, accuracyM: place.accuracyM })).toBe('accepted');
      expect(distanceM(last!, driven)).toBeLessThan(0.02);
      expect(last!.heading).toSatisfy((value: number) => value >= 0 && value < 360);
      expect(last!.speedMps).toSatisfy((value: number) => value >= 0 && value <= 1_000);
    }),
    { numRuns: 500 },
  );
});

import { describe, expect, test } from 'vitest';
import {
  AT_START,
  afterTrip,
  BEHIND_M,
  type Concealment,
  concealed,
  MAX_PATH_POINTS,
  restarted,
  shownAt,
} from './concealment.js';
import { destination, distanceM, type Point } from './distance.js';

const HERE = { lat: 40.75, lng: -73.99 };
const SLOT_MS = 180_000;
/** the beginning of a slot */
const T = 10_000_000 * SLOT_MS;
const SPEED_MPS = 10;
/** Positions differ from their grid points by up to 21 m, and legs end 30 m late at most. */
const ROUGH_M = 55;

type Seen = { t: number; drivenM: number; shown: Point | null; name: number };

/** A car that drives from a place, with a fix every three seconds. */
function drive(
  concealment: Concealment,
  seconds: number,
  { from = T, random = 0.5, heading = 90, speedMps = SPEED_MPS } = {},
) {
  let state = concealment;
  let name = 0;
  const seen: Seen[] = [];
  for (let s = 0; s <= seconds; s += 3) {
    const drivenM = s * speedMps;
    const t = from + s * 1_000;
    const next = concealed(state, destination(HERE, heading, drivenM), t, () => random);
    state = next.concealment;
    if (next.isRenamed) name += 1;
    expect(state.path.length / 2).toBeLessThanOrEqual(MAX_PATH_POINTS);
    seen.push({ t, drivenM, shown: shownAt(state, t), name });
  }
  return { state, seen };
}
const firstShown = (seen: Seen[]) => seen.find(({ shown }) => shown !== null)!;

describe('at the beginning of a shift', () => {
  test('riders see nothing of the first 200 m, and the car always 200 m behind its position', () => {
    const { seen } = drive(AT_START, 150);
    const first = firstShown(seen);
    expect(first.drivenM).toBeGreaterThanOrEqual(2 * BEHIND_M);
    expect(first.drivenM).toBeLessThan(2 * BEHIND_M + 2 * ROUGH_M);
    for (const { shown, drivenM } of seen) {
      if (shown === null) continue;
      expect(distanceM(HERE, shown)).toBeGreaterThan(BEHIND_M - ROUGH_M);
      expect(Math.abs(drivenM - distanceM(HERE, shown) - BEHIND_M)).toBeLessThan(ROUGH_M);
    }
  });

  test('a car that only seems to move is not shown', () => {
    let state = AT_START;
    for (let i = 0; i < 2_000; i += 1) {
      const at = destination(HERE, (i * 137) % 360, (i * 7) % 14);
      state = concealed(state, at, T + i * 1_000, () => 0.5).concealment;
      expect(shownAt(state, T + i * 1_000)).toBeNull();
    }
  });
});

test('after a trip a car is hidden for a random time of one to three minutes and at least 300 m', () => {
  for (const random of [0, 0.5, 0.999]) {
    const { seen } = drive(
      afterTrip(T, () => random),
      400,
      { random, speedMps: 8 },
    );
    const first = firstShown(seen);
    expect(first.t - T).toBeGreaterThanOrEqual(60_000 + random * 120_000 - 1);
    expect(distanceM(HERE, first.shown!)).toBeGreaterThan(300 - ROUGH_M);
  }
  // A slow car has not driven far enough by then.
  const slow = firstShown(
    drive(
      afterTrip(T, () => 0),
      400,
      { random: 0, speedMps: 4 },
    ).seen,
  );
  expect(slow.t - T).toBeGreaterThan(110_000);
  expect(distanceM(HERE, slow.shown!)).toBeGreaterThan(300 - ROUGH_M);
});

test('a shift that ends and begins again right after a trip does not show the car earlier', () => {
  const hidden = afterTrip(T, () => 0.5);
  expect(restarted(hidden)).toMatchObject({ until: hidden.until, leftM: hidden.leftM });
  expect(hidden.leftM).toBe(650);
});

describe('a name', () => {
  const renamings = (random: number, seconds = 5_400) => {
    const { seen } = drive(AT_START, seconds, { random });
    return seen.filter(({ name }, i) => i > 0 && name !== seen[i - 1]!.name).map(({ t }) => t - T);
  };

  test.each([
    [0, 1],
    [0.5, 3],
    [0.99, 4],
  ])('is kept for one to four slots of three minutes, which all cars share (random %d)', (random, slots) => {
    const times = renamings(random);
    expect(times.length).toBeGreaterThan(4);
    for (const time of times) expect(time % SLOT_MS).toBeLessThan(10_000);
    for (let i = 1; i < times.length; i += 1)
      expect(Math.round((times[i]! - times[i - 1]!) / SLOT_MS)).toBe(slots);
  });

  test.each([
    [0, 20, 300],
    [0.5, 40, 800],
    [0.999, 60, 1_299],
  ])(
    'changes unseen: the car is hidden for 20 to 60 s and 300 to 1,300 m, and then 200 m behind (random %d)',
    (random, seconds, hiddenM) => {
      const { seen } = drive(AT_START, 1_200, { random });
      const changed = seen.findIndex(({ name }) => name === 1);
      const last = seen.slice(0, changed).findLast(({ shown }) => shown !== null)!;
      const next = firstShown(seen.slice(changed));
      const gapMs = next.t - seen[changed]!.t;
      const driveMs = ((hiddenM + BEHIND_M) / SPEED_MPS) * 1_000;
      expect(gapMs).toBeGreaterThanOrEqual(Math.max(seconds * 1_000 - 100, driveMs - 10));
      expect(gapMs).toBeLessThan(Math.max(seconds * 1_000, driveMs) + 12_001);
      expect(distanceM(last.shown!, next.shown!)).toBeGreaterThan(hiddenM + BEHIND_M - ROUGH_M);
    },
  );

  test('does not change while the car stands, where it would come back in the same place', () => {
    const { state, seen } = drive(AT_START, 150);
    const at = destination(HERE, 90, 150 * SPEED_MPS);
    const next = concealed(state, at, T + 3_600_000, () => 0.5);
    expect(next).toEqual({ concealment: state, isRenamed: false });
    expect(shownAt(state, T + 3_600_000)).toEqual(seen.at(-1)!.shown);
  });

  test('that has just changed does not show a car that stops at once', () => {
    const { state } = drive(AT_START, 180, { random: 0 });
    expect(state.until).toBeGreaterThan(T + 180_000);
    expect(shownAt(state, T + 3_600_000)).toBeNull();
  });
});

test('a car that was out of sight begins again', () => {
  const { state } = drive(AT_START, 150);
  const far = destination(HERE, 0, 5_000);
  const { concealment } = concealed(state, far, T + 200_000, () => 0.5);
  expect(concealment).toMatchObject({ leftM: 200, path: [expect.any(Number), expect.any(Number)] });
  expect(shownAt(concealment, T + 200_000)).toBeNull();
});

test('a path may cross the antimeridian', () => {
  let state = AT_START;
  const from = { lat: 0, lng: 179.996 };
  for (let i = 0; i < 60; i += 1)
    state = concealed(state, destination(from, 90, i * 20), T + i * 2_000, () => 0.5).concealment;
  const at = destination(from, 90, 59 * 20);
  expect(Math.abs(distanceM(shownAt(state, T + 200_000)!, at) - BEHIND_M)).toBeLessThan(ROUGH_M);
});

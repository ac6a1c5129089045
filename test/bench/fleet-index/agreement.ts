import type { Point } from '#geo';
import type { Contender, Nearby } from './contender.js';

/** Redis rounds positions to 52 bits and uses an earth radius 0.03 % larger. */
const TOLERANCE_M = 1.5;
const LIMIT = 10;
const MAX_M = 3_000;

/** Counts the queries that two contenders answer differently. */
export async function countDiffering(one: Contender, other: Contender, points: Point[]): Promise<number> {
  let differing = 0;
  for (const point of points) {
    const [a, b] = await Promise.all([one.nearest(LIMIT, point, MAX_M), other.nearest(LIMIT, point, MAX_M)]);
    if (!agree(a, b, MAX_M)) differing += 1;
  }
  return differing;
}

/** Compares distances in order; a driver on the edge of the circle may be missing from one. */
export function agree(one: Nearby[], other: Nearby[], maxM: number): boolean {
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one];
  return longer.every(({ distanceM }, i) => {
    const expectedM = shorter[i]?.distanceM ?? maxM;
    return Math.abs(distanceM - expectedM) <= TOLERANCE_M;
  });
}

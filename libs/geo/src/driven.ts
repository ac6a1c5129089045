import { distanceM } from './distance.js';
import { noiseRadiusM, reachable, type Sighting } from './plausible.js';

/**
 * Metres driven over fixes in any order, never more than the sum of the steps between them. Counted from place to
 * place, each out of the noise of the one before: a standing car drives nothing, and a place that only one fix saw, with
 * the next back again, is noise too. Jumps that no car can make are not counted.
 */
export function drivenM(fixes: ReadonlyArray<Sighting>): number {
  const [start, ...rest] = inOrder(fixes);
  if (start === undefined) return 0;
  let metres = 0;
  let anchor = start;
  let before = start;
  let left: { to: Sighting; metres: number } | null = null;
  for (const fix of rest) {
    if (left !== null && isAway(anchor, fix)) {
      metres += left.metres;
      anchor = left.to;
    }
    left = isAway(anchor, fix)
      ? { to: fix, metres: reachable(before, fix) ? distanceM(anchor, fix) : 0 }
      : null;
    before = fix;
  }
  return metres + (left?.metres ?? 0);
}

const isAway = (anchor: Sighting, fix: Sighting): boolean =>
  distanceM(anchor, fix) > noiseRadiusM(anchor.accuracyM, fix.accuracyM);

/** By time, each time once. */
function inOrder(fixes: ReadonlyArray<Sighting>): Sighting[] {
  return fixes
    .toSorted((a, b) => a.t - b.t)
    .filter((fix, i, sorted) => i === 0 || fix.t !== sorted[i - 1]!.t);
}

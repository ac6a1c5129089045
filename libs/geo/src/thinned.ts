import { distanceM, type Point } from './distance.js';
import { between } from './leg.js';

type Sampled = Point & { t: number };

/**
 * Returns the fixes from which the others can be interpolated: moving straight and evenly from one to the next stays within
 * `toleranceM` of each removed fix at its time. Opening window with synchronised distance: N. Meratnia and R. A. de By,
 * Spatiotemporal Compression Techniques for Moving Point Objects, EDBT 2004.
 * @param fixes in order of time
 * @param maxGapMs maximum time between two neighbours, unless they were further apart before
 */
export function thinned<T extends Sampled>(
  fixes: readonly T[],
  { toleranceM, maxGapMs }: { toleranceM: number; maxGapMs: number },
): T[] {
  const kept = fixes.slice(0, 1);
  let start = 0;
  for (let end = 2; end < fixes.length; end += 1) {
    const [from, to] = [fixes[start]!, fixes[end]!];
    const skipped = fixes.slice(start + 1, end);
    const isRedundant = (fix: T) =>
      distanceM(fix, between(from, to, (fix.t - from.t) / (to.t - from.t))) <= toleranceM;
    if (to.t - from.t <= maxGapMs && skipped.every(isRedundant)) continue;
    start = end - 1;
    kept.push(fixes[start]!);
  }
  return fixes.length > 1 ? [...kept, fixes.at(-1)!] : kept;
}

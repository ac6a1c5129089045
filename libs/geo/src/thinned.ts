import { distanceM, type Point } from './distance.js';
import { between } from './leg.js';

type Sampled = Point & { t: number };

/**
 * The fixes from which the others can be told: whoever goes straight and evenly from one to the next is within
 * `toleranceM` of each that was left out at its time. Opening window with synchronised distance: N. Meratnia and
 * R. A. de By, Spatiotemporal Compression Techniques for Moving Point Objects, EDBT 2004.
 * @param fixes by time
 * @param maxGapMs two that follow each other lie no farther apart, unless they did before
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
    const isTold = (fix: T) =>
      distanceM(fix, between(from, to, (fix.t - from.t) / (to.t - from.t))) <= toleranceM;
    if (to.t - from.t <= maxGapMs && skipped.every(isTold)) continue;
    start = end - 1;
    kept.push(fixes[start]!);
  }
  return fixes.length > 1 ? [...kept, fixes.at(-1)!] : kept;
}

import { distanceM } from './distance.js';
import { noiseRadiusM, reachable, type Sighting } from './plausible.js';

/**
 * Counts the metres driven, fix by fix in order of time, never more than the sum of the steps between them. It counts from
 * place to place, each outside the noise of the one before: a standing car drives nothing, and a place that only one fix
 * reported before the next was back again is noise too. Jumps that no car can make are not counted.
 */
export class Odometer {
  #metres = 0;
  #anchor: Sighting | null = null;
  #before: Sighting | null = null;
  /** step out of the noise that the next fix has yet to confirm */
  #pending: { to: Sighting; metres: number } | null = null;

  /** Metres driven so far. */
  get metres(): number {
    return this.#metres + (this.#pending?.metres ?? 0);
  }

  /** @param fix later than the one before */
  add(fix: Sighting): void {
    if (this.#anchor === null || this.#before === null) {
      this.#anchor = fix;
      this.#before = fix;
      return;
    }
    if (this.#pending !== null && isAway(this.#anchor, fix)) {
      this.#metres += this.#pending.metres;
      this.#anchor = this.#pending.to;
    }
    this.#pending = isAway(this.#anchor, fix)
      ? { to: fix, metres: reachable(this.#before, fix) ? distanceM(this.#anchor, fix) : 0 }
      : null;
    this.#before = fix;
  }
}

/** Returns the metres driven over fixes in any order, as counted by an {@link Odometer}. */
export function drivenM(fixes: ReadonlyArray<Sighting>): number {
  const odometer = new Odometer();
  for (const fix of sortedByTime(fixes)) odometer.add(fix);
  return odometer.metres;
}

const isAway = (anchor: Sighting, fix: Sighting): boolean =>
  distanceM(anchor, fix) > noiseRadiusM(anchor.accuracyM, fix.accuracyM);

/** Sorts by time and drops fixes with a repeated time. */
function sortedByTime(fixes: ReadonlyArray<Sighting>): Sighting[] {
  return fixes
    .toSorted((a, b) => a.t - b.t)
    .filter((fix, i, sorted) => i === 0 || fix.t !== sorted[i - 1]!.t);
}

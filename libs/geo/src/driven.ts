import { distanceM } from './distance.js';
import { isConfirmed, type Jump, nextJump } from './jump.js';
import { noiseRadiusM, reachable, type Sighting } from './plausible.js';

/** Fix of a track; `speedMps` says something about the car only if the device reported it. */
export type DrivenFix = Sighting & { speedMps?: number | null | undefined; isSpeedReported?: boolean };

/** Receivers report this much for a car that stands, and nobody drives that slowly. */
const STANDING_MPS = 0.5;
/** Faster than a position drifts. */
const DRIVING_MPS = 1.5;
/** Speed, m/s, below which a way that leads back to its beginning is a wander: slower than anybody walks. */
const WANDER_MPS = 0.7;
/** Drift of the position of a standing car, in a garage or between tall buildings. */
const DRIFT_M = 100;
/** A car that has not left its place for so long stands, whether or not its device reports a speed. */
const STOOD_MS = 10_000;
/** Half the acceleration of a fast car, m/s². */
const HALF_ACCELERATION = 2.5;
/** A wander ends, or becomes driving, this far from its beginning. */
const WANDER_M = 50;

/** Place, with the metres driven until there. */
type Milestone = { at: DrivenFix; metres: number };

/**
 * Counts the metres driven, fix by fix in order of time, never more than the sum of the steps between them. It counts from
 * place to place, each outside the noise of the one before. Not counted are a place that only one fix reported, a jump that
 * no car can make (the distance bridges it), the drift of a car that reports no speed, a wander that returns, and the step
 * with which a receiver finds back to a car that stood without signal.
 */
export class Odometer {
  #metres = 0;
  #anchor: DrivenFix | null = null;
  #before: DrivenFix | null = null;
  /** step out of the noise that the next fix has yet to confirm */
  #pending: { to: DrivenFix; metres: number } | null = null;
  /** where the car stopped, as long as the device reports no speed */
  #stop: DrivenFix | null = null;
  /** where a wander may have begun; null while the car certainly drives */
  #home: Milestone | null = null;
  #jump: Jump | null = null;
  /** different fixes of the jump, to count from its beginning once it is confirmed */
  #jumped: DrivenFix[] = [];

  /** Metres driven so far. */
  get metres(): number {
    return this.#metres + (this.#pending?.metres ?? 0);
  }

  /** @param fix later than the one before */
  add(fix: DrivenFix): void {
    if (this.#before === null) this.#startAt(fix);
    else if (!reachable(this.#before, fix)) this.#addJump(fix, this.#before);
    else if (this.#jump !== null && distanceM(this.#jump, fix) < distanceM(this.#before, fix))
      // Time has passed, so that a car could be there by now. But this one was there too early.
      this.#land([...this.#jumped, fix]);
    else this.#step(fix, this.#before);
  }

  #startAt(fix: DrivenFix): void {
    this.#anchor = fix;
    this.#before = fix;
    this.#stop = isStanding(fix) ? fix : null;
    this.#home = { at: fix, metres: this.#metres };
    this.#endJump();
  }

  #addJump(fix: DrivenFix, before: DrivenFix): void {
    const jump = nextJump(this.#jump, fix);
    if (jump.since === fix.t) this.#jumped = [fix];
    else if (jump.t === fix.t) this.#jumped.push(fix);
    this.#jump = jump;
    if (isConfirmed(jump, fix, before)) this.#land(this.#jumped);
  }

  /** Continues at the other end of a jump. */
  #land([first, ...others]: DrivenFix[]): void {
    this.#leave(first!);
    this.#startAt(first!);
    for (const other of others) this.#step(other, this.#before!);
  }

  #endJump(): void {
    if (this.#jump === null) return;
    this.#jump = null;
    this.#jumped = [];
  }

  #step(fix: DrivenFix, before: DrivenFix): void {
    this.#endJump();
    this.#before = fix;
    const stop = this.#stop;
    this.#stop = isStanding(fix) ? fix : null;
    if (stop !== null && this.#stop !== null && distanceM(stop, fix) <= DRIFT_M) {
      this.#stop = stop;
      return;
    }
    const reportedlyStood = stop !== null && before.t - stop.t >= STOOD_MS;
    if (reportedlyStood && this.#stop === null) this.#leave(before);
    const anchor = this.#anchor!;
    const stood = reportedlyStood || (before.t - anchor.t >= STOOD_MS && !isAway(anchor, before));
    this.#count(fix, stood && leaps(before, fix));
    this.#checkHome(fix);
  }

  /** Continues where a standing car has drifted to. */
  #leave(place: DrivenFix): void {
    this.#metres = this.metres;
    this.#pending = null;
    this.#anchor = place;
  }

  #count(fix: DrivenFix, isLeap: boolean): void {
    if (this.#pending !== null && isAway(this.#anchor!, fix)) {
      this.#metres += this.#pending.metres;
      this.#anchor = this.#pending.to;
    }
    this.#pending = isAway(this.#anchor!, fix)
      ? { to: fix, metres: isLeap ? 0 : distanceM(this.#anchor!, fix) }
      : null;
  }

  /** Takes back the metres of a wander that has returned. */
  #checkHome(fix: DrivenFix): void {
    // Without a stated accuracy, the assumed noise contains any wander.
    if (fix.accuracyM == null || (fix.isSpeedReported && fix.speedMps! >= DRIVING_MPS)) this.#home = null;
    else if (this.#home === null || distanceM(this.#home.at, fix) > WANDER_M)
      this.#home = { at: fix, metres: this.metres };
    else if (!isAway(this.#home.at, fix) && isSlow(this.#home, this.metres, fix.t)) {
      this.#metres = this.#home.metres;
      this.#anchor = this.#home.at;
      this.#pending = null;
    }
  }
}

/** Returns the metres driven over fixes in any order, as counted by an {@link Odometer}. */
export function drivenM(fixes: ReadonlyArray<DrivenFix>): number {
  const odometer = new Odometer();
  for (const fix of sortedByTime(fixes)) odometer.add(fix);
  return odometer.metres;
}

const isStanding = ({ isSpeedReported, speedMps }: DrivenFix): boolean =>
  isSpeedReported === true && speedMps! < STANDING_MPS;

const isAway = (anchor: Sighting, fix: Sighting): boolean =>
  distanceM(anchor, fix) > noiseRadiusM(anchor.accuracyM, fix.accuracyM);

/** Whether the metres since a milestone took so long that they were no driving. */
const isSlow = ({ at, metres }: Milestone, now: number, t: number): boolean =>
  now > metres && now - metres < (WANDER_MPS * (t - at.t)) / 1_000;

/** Whether a car that stood cannot have set off that fast, and its receiver has corrected itself. */
function leaps(before: DrivenFix, fix: DrivenFix): boolean {
  const seconds = (fix.t - before.t) / 1_000;
  const possibleM = HALF_ACCELERATION * seconds * seconds + noiseRadiusM(before.accuracyM, fix.accuracyM);
  return distanceM(before, fix) > possibleM;
}

/** Sorts by time and drops fixes with a repeated time. */
function sortedByTime(fixes: ReadonlyArray<DrivenFix>): DrivenFix[] {
  return fixes
    .toSorted((a, b) => a.t - b.t)
    .filter((fix, i, sorted) => i === 0 || fix.t !== sorted[i - 1]!.t);
}

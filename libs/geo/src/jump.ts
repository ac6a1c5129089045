import { distanceM, type Point, rounded } from './distance.js';
import { reachable, type Sighting } from './plausible.js';

/** Place that a car cannot have driven to, until enough fixes confirm that it is there: the newest of them. */
export type Jump = Point & {
  t: number;
  /** time of the first fix there, epoch ms */
  since: number;
  /** number of different fixes there; those that repeat the same coordinates count once */
  fixes: number;
};

/** A receiver that flips a sign or mistakes a reflection does so for three or four fixes. */
const MIN_FIXES = 5;
const MIN_MS = 4_000;
/** No car, ferry or train moves that far unseen; a plane does, and after a flight a minute does not matter. */
const FAR_M = 1_000_000;
const MIN_FAR_MS = 45_000;
/** Time after which a place that every fix reports is true, even from a receiver that reports seldom or the same coordinates. */
const ALWAYS_MS = 55_000;

const jumpTo = ({ t, lat, lng }: Sighting): Jump => ({
  t,
  lat: rounded(lat),
  lng: rounded(lng),
  since: t,
  fixes: 1,
});

/**
 * Returns the jump after one more fix that the car cannot have driven to: continued if the fix is near enough to the one
 * before, otherwise a new one from the fix.
 */
export function nextJump(jump: Jump | null, fix: Sighting): Jump {
  if (jump === null || !agrees(jump, fix)) return jumpTo(fix);
  const { t } = fix;
  const lat = rounded(fix.lat);
  const lng = rounded(fix.lng);
  if (t <= jump.t || (lat === jump.lat && lng === jump.lng)) return jump;
  return { t, lat, lng, since: jump.since, fixes: jump.fixes + 1 };
}

/** Whether a fix that has just continued a jump leaves no doubt that the car is there. @param from last position before it */
export function isConfirmed(jump: Jump, fix: Sighting, from: Point): boolean {
  const lastedMs = fix.t - jump.since;
  if (lastedMs >= ALWAYS_MS) return true;
  if (jump.fixes < MIN_FIXES) return false;
  return lastedMs >= (distanceM(from, fix) > FAR_M ? MIN_FAR_MS : MIN_MS);
}

/** The place has lost its accuracy; the same receiver's new accuracy stands for both. */
const agrees = (jump: Jump, fix: Sighting): boolean =>
  reachable({ t: jump.t, lat: jump.lat, lng: jump.lng, accuracyM: fix.accuracyM }, fix);

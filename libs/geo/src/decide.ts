import { isConfirmed, nextJump } from './jump.js';
import { driverAt, firstFix, holding, type LastFix, nextFix, type RawFix } from './last-fix.js';
import { reachable } from './plausible.js';

export type Decision =
  /** newer and plausible: moves the driver; `confirmed` are the fixes of a jump that it confirms, oldest first */
  | { kind: 'accepted'; last: LastFix; confirmed?: RawFix[] }
  /** older than the watermark, or too old on arrival: goes into the track, does not move the driver */
  | { kind: 'late' }
  /** as old as the watermark: sent or delivered again */
  | { kind: 'repeated' }
  /** too far away, or less certain than the last position; `last` holds a jump for later fixes to confirm */
  | { kind: 'implausible'; why: 'jump' | 'inaccurate'; last: LastFix }
  /** changes nothing */
  | { kind: 'refused'; why: 'future' | 'malformed' };

/** Phone clocks are set by the network and differ by seconds; one that is a minute ahead is wrong. */
const MAX_AHEAD_MS = 60_000;
/** A watermark further ahead would make the next good fixes late, and so freeze the car. */
export const MAX_WATERMARK_AHEAD_MS = 2_000;
/** Satellite fixes are better than this even between tall buildings; worse ones come from cell towers or Wi-Fi scans. */
const ROUGH_M = 100;
/** 50 km/h, the usual limit in towns: a car last seen standing may have set off right afterwards. */
const TOWN_SPEED_MPS = 14;

/**
 * Decides what a fix does to a driver. Pure: the same input gives the same decision on every processor.
 * @param now time when the service received the fix, epoch ms
 */
export function decide(previous: LastFix | null, fix: RawFix, now: number): Decision {
  if (!wellFormed(fix)) return { kind: 'refused', why: 'malformed' };
  if (fix.t > now + MAX_AHEAD_MS) return { kind: 'refused', why: 'future' };
  const latest = now + MAX_WATERMARK_AHEAD_MS;
  return decideAt(previous, fix.t > latest ? { ...fix, t: latest } : fix);
}

function decideAt(previous: LastFix | null, fix: RawFix): Decision {
  if (previous === null) return { kind: 'accepted', last: firstFix(fix) };
  if (fix.t < previous.t) return { kind: 'late' };
  if (fix.t === previous.t) return { kind: 'repeated' };
  if (knownBetter(previous, fix)) return { kind: 'implausible', why: 'inaccurate', last: previous };
  if (reachable(previous, fix)) return { kind: 'accepted', last: nextFix(previous, fix) };
  const jump = nextJump(previous.held, fix);
  if (previous.held !== null && isConfirmed(jump, fix, previous))
    return {
      kind: 'accepted',
      last: nextFix(driverAt(previous, previous.held), fix),
      confirmed: previous.held.path,
    };
  return { kind: 'implausible', why: 'jump', last: holding(previous, jump, fix) };
}

const within = (value: number, min: number, max: number) => value >= min && value <= max;

/** Checks the ranges of the protocol. NaN is in none of them. */
function wellFormed({ t, lat, lng, accuracyM, heading, speedMps }: RawFix): boolean {
  return (
    within(t, 0, Number.MAX_SAFE_INTEGER) &&
    within(lat, -90, 90) &&
    within(lng, -180, 180) &&
    within(accuracyM ?? 0, 0, 100_000) &&
    within(heading ?? 0, 0, 360) &&
    heading !== 360 &&
    within(speedMps ?? 0, 0, 1_000)
  );
}

/** Whether the last position is still more certain than a rough fix, given how far the car can have driven since. */
function knownBetter(previous: LastFix, fix: RawFix): boolean {
  const accuracyM = fix.accuracyM ?? 0;
  if (accuracyM <= ROUGH_M) return false;
  const wentM = (Math.max(previous.speedMps, TOWN_SPEED_MPS) * (fix.t - previous.t)) / 1000;
  return (previous.accuracyM ?? 0) + wentM < accuracyM;
}

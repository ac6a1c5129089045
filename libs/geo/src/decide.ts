import { driverAt, firstFix, holding, type LastFix, type Moment, nextFix, type RawFix } from './last-fix.js';
import { reachable } from './plausible.js';

export type Decision =
  /** moves the driver */
  | { kind: 'accepted'; last: LastFix }
  /** older than the watermark: belongs to the track, does not move the driver */
  | { kind: 'late' }
  /** as old as the watermark: sent or delivered again */
  | { kind: 'repeated' }
  /** too far away to be true, or known better without it; `last` holds a jump for the next fix to confirm */
  | { kind: 'implausible'; why: 'jump' | 'inaccurate'; last: LastFix }
  /** changes nothing */
  | { kind: 'refused'; why: 'future' | 'malformed' };

/** Clocks of phones are set by the network and differ by seconds; a minute is a wrong clock. */
const MAX_AHEAD_MS = 60_000;
/** Satellites are better than this even between towers; worse comes from cell towers or a list of Wi-Fi networks. */
const ROUGH_M = 100;
/** 50 km/h, the usual limit in towns: a car that was seen standing may have set off just after. */
const TOWN_SPEED_MPS = 14;

/**
 * What a fix does to a driver. Pure: the same input gives the same answer on every processor.
 * @param now epoch ms
 */
export function decide(previous: LastFix | null, fix: RawFix, now: number): Decision {
  if (!wellFormed(fix)) return { kind: 'refused', why: 'malformed' };
  if (fix.t > now + MAX_AHEAD_MS) return { kind: 'refused', why: 'future' };
  if (previous === null) return { kind: 'accepted', last: firstFix(fix) };
  if (fix.t < previous.t) return { kind: 'late' };
  if (fix.t === previous.t) return { kind: 'repeated' };
  if (knownBetter(previous, fix)) return { kind: 'implausible', why: 'inaccurate', last: previous };
  if (reachable(previous, fix)) return { kind: 'accepted', last: nextFix(previous, fix) };
  if (previous.held !== null && agrees(previous.held, fix))
    return { kind: 'accepted', last: nextFix(driverAt(previous, previous.held), fix) };
  return { kind: 'implausible', why: 'jump', last: holding(previous, fix) };
}

const within = (value: number, min: number, max: number) => value >= min && value <= max;

/** The ranges of the protocol. NaN is in none of them. */
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

/** Whether the last position tells more than a rough fix: how far the car can have gone from it is less. */
function knownBetter(previous: LastFix, fix: RawFix): boolean {
  const accuracyM = fix.accuracyM ?? 0;
  if (accuracyM <= ROUGH_M) return false;
  const wentM = (Math.max(previous.speedMps, TOWN_SPEED_MPS) * (fix.t - previous.t)) / 1000;
  return (previous.accuracyM ?? 0) + wentM < accuracyM;
}

/** A held jump has not kept its accuracy; it came from the same receiver, so this fix's stands for both. */
const agrees = (held: Moment, fix: RawFix): boolean =>
  fix.t !== held.t && reachable({ t: held.t, lat: held.lat, lng: held.lng, accuracyM: fix.accuracyM }, fix);

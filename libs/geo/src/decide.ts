import { bearing, distanceM } from './distance.js';

/** One reading of a device, as far as the decision needs it. */
export type Reading = {
  t: number;
  lat: number;
  lng: number;
  accuracyM?: number | null | undefined;
  heading?: number | null | undefined;
  speedMps?: number | null | undefined;
};

/** The newest accepted fix of a driver, complete, and a jump that waits for a second fix to confirm it. */
export type LastFix = {
  /** the watermark, epoch ms */
  t: number;
  lat: number;
  lng: number;
  accuracyM: number | null;
  heading: number;
  speedMps: number;
  held: { t: number; lat: number; lng: number } | null;
  anchor: { t: number; lat: number; lng: number };
};

export type Decision =
  /** moves the driver */
  | { kind: 'accepted'; last: LastFix }
  /** older than the watermark */
  | { kind: 'late' }
  /** as old as the watermark: sent or delivered again */
  | { kind: 'repeated' }
  | { kind: 'refused'; why: string }
  /** too far away to be true; believed once a second fix agrees with it */
  | { kind: 'implausible'; last: LastFix };

/** 250 km/h: faster than any car in traffic, slower than the jumps of a lost receiver. */
export const MAX_SPEED_MPS = 70;
/** Two readings this close are never a jump, however short the time between them. */
const NOISE_M = 50;
/** Below this a standing car's noise would spin its heading. */
const MIN_STEP_M = 3;

/** What a fix does to a driver. Pure: the same input gives the same answer on every processor. */
export function decide(previous: LastFix | null, fix: Reading, _now: number): Decision {
  if (previous === null) return { kind: 'accepted', last: complete(fix, null) };
  if (fix.t < previous.t) return { kind: 'late' };
  if (fix.t === previous.t) return { kind: 'repeated' };
  if (reachable(previous, fix)) return { kind: 'accepted', last: complete(fix, previous) };
  const { held } = previous;
  if (held !== null && fix.t > held.t && reachable(held, fix)) {
    return { kind: 'accepted', last: complete(fix, { ...previous, ...held }) };
  }
  return { kind: 'implausible', last: { ...previous, held: { t: fix.t, lat: fix.lat, lng: fix.lng } } };
}

type Origin = { t: number; lat: number; lng: number; accuracyM?: number | null };

function reachable(from: Origin, fix: Reading): boolean {
  const distance = distanceM(from, fix);
  if (distance <= NOISE_M) return true;
  const uncertainM = (from.accuracyM ?? 0) + (fix.accuracyM ?? 0);
  return distance - uncertainM <= (MAX_SPEED_MPS * (fix.t - from.t)) / 1000;
}

/** Fills in the heading and speed that the device did not send, from the step since `previous`. */
function complete(fix: Reading, previous: LastFix | null): LastFix {
  const step = previous === null ? 0 : distanceM(previous, fix);
  const moved = previous !== null && step >= MIN_STEP_M;
  return {
    t: fix.t,
    lat: fix.lat,
    lng: fix.lng,
    accuracyM: fix.accuracyM ?? null,
    heading: fix.heading ?? (moved ? bearing(previous, fix) : (previous?.heading ?? 0)),
    speedMps: fix.speedMps ?? (moved ? Math.min(MAX_SPEED_MPS, step / ((fix.t - previous.t) / 1000)) : 0),
    held: null,
    anchor: { t: fix.t, lat: fix.lat, lng: fix.lng },
  };
}

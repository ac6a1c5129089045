import { bearing, distanceM, type Point, rounded } from './distance.js';
import type { Jump } from './jump.js';
import { MAX_SPEED_MPS, noiseRadiusM } from './plausible.js';

/** One reading of a device, reduced to the fields that the decision needs. */
export type RawFix = {
  t: number;
  lat: number;
  lng: number;
  accuracyM?: number | null | undefined;
  heading?: number | null | undefined;
  speedMps?: number | null | undefined;
};

export type Moment = { t: number; lat: number; lng: number };

/** Jump that waits for confirmation, with its fixes as the device sent them, oldest first: the track gets them once it is confirmed. */
export type HeldJump = Jump & { path: RawFix[] };

/** Maximum number of held fixes; beyond it, every other one of the older half is dropped. */
const MAX_HELD = 100;

/** Newest accepted fix of a driver, complete. Positions have 7 decimals (about 1 cm), which keeps stored records short. */
export type LastFix = {
  /** the watermark, epoch ms */
  t: number;
  lat: number;
  lng: number;
  accuracyM: number | null;
  heading: number;
  speedMps: number;
  /** place from which heading and speed are measured until the car is outside its receiver's noise */
  anchor: Moment;
  /** a jump that waits for later fixes to confirm it */
  held: HeldJump | null;
};

/** State after the first fix of a driver. */
export const firstFix = (fix: RawFix): LastFix =>
  lastFix(fix, fix.heading ?? 0, fix.speedMps ?? 0, moment(fix.t, fix));

/**
 * Fills in the heading and speed that the device did not send. Within the noise radius of the anchor, the heading stays,
 * and so does the speed while a car at that speed would still be inside. Beyond it, both are measured from the anchor, and
 * the anchor moves to the previous fix, which a bad reading now does not spoil. A step longer than twice the noise is
 * measured on its own, since there may have been a stop or a corner before it. A car that sets off, or comes back after a
 * gap, therefore has its true speed after two radii.
 */
export function nextFix(previous: LastFix, fix: RawFix): LastFix {
  const { anchor } = previous;
  const noiseM = noiseRadiusM(previous.accuracyM, fix.accuracyM);
  const stepM = distanceM(previous, fix);
  if (stepM > 2 * noiseM) return measured(previous, stepM, fix, moment(fix.t, fix));
  const awayM = distanceM(anchor, fix);
  if (awayM > noiseM) return measured(anchor, awayM, fix, moment(previous.t, previous));
  const elapsedS = secondsBetween(anchor, fix);
  const stillWithin = previous.speedMps * elapsedS <= noiseM;
  const speedMps = stillWithin ? previous.speedMps : awayM / elapsedS;
  return lastFix(fix, fix.heading ?? previous.heading, fix.speedMps ?? speedMps, anchor);
}

function measured(from: Moment, distance: number, fix: RawFix, anchor: Moment): LastFix {
  const speedMps = Math.min(MAX_SPEED_MPS, distance / secondsBetween(from, fix));
  return lastFix(fix, fix.heading ?? bearing(from, fix), fix.speedMps ?? speedMps, anchor);
}

const secondsBetween = (a: { t: number }, b: { t: number }): number => Math.abs(b.t - a.t) / 1000;

/** Written out field by field, like all objects here: spreading one object into a larger one takes V8 many times as long. */
const lastFix = (fix: RawFix, heading: number, speedMps: number, anchor: Moment): LastFix => ({
  t: fix.t,
  lat: rounded(fix.lat),
  lng: rounded(fix.lng),
  accuracyM: fix.accuracyM ?? null,
  heading,
  speedMps,
  anchor,
  held: null,
});

const moment = (t: number, at: Point): Moment => ({ t, lat: rounded(at.lat), lng: rounded(at.lng) });

/** State as if the driver had been at the held place all along. */
export const driverAt = (previous: LastFix, held: Jump): LastFix => ({
  t: held.t,
  lat: held.lat,
  lng: held.lng,
  accuracyM: previous.accuracyM,
  heading: previous.heading,
  speedMps: previous.speedMps,
  anchor: moment(held.t, held),
  held: null,
});

/** State at the previous place, with a jump to confirm. */
export const holding = (previous: LastFix, jump: Jump, fix: RawFix): LastFix => ({
  t: previous.t,
  lat: previous.lat,
  lng: previous.lng,
  accuracyM: previous.accuracyM,
  heading: previous.heading,
  speedMps: previous.speedMps,
  anchor: previous.anchor,
  held: {
    t: jump.t,
    lat: jump.lat,
    lng: jump.lng,
    since: jump.since,
    fixes: jump.fixes,
    // A jump that is neither the same nor longer is a new one.
    path: jump !== previous.held && jump.fixes === 1 ? [rawFix(fix)] : withFix(previous.held!.path, fix),
  },
});

/** Adds a fix in the order of time. One that was sent again changes nothing. */
function withFix(path: RawFix[], fix: RawFix): RawFix[] {
  if (path.some(({ t }) => t === fix.t)) return path;
  const kept = path.length < MAX_HELD ? path : path.filter((_, i) => i >= MAX_HELD / 2 || i % 2 === 1);
  return [...kept, rawFix(fix)].sort((a, b) => a.t - b.t);
}

const rawFix = ({ t, lat, lng, accuracyM, heading, speedMps }: RawFix): RawFix => ({
  t,
  lat: rounded(lat),
  lng: rounded(lng),
  accuracyM: accuracyM ?? null,
  heading: heading ?? null,
  speedMps: speedMps ?? null,
});

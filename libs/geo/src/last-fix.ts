import { bearing, distanceM, type Point } from './distance.js';
import { MAX_SPEED_MPS, noiseRadiusM } from './plausible.js';

/** One reading of a device, as far as the decision needs it. */
export type RawFix = {
  t: number;
  lat: number;
  lng: number;
  accuracyM?: number | null | undefined;
  heading?: number | null | undefined;
  speedMps?: number | null | undefined;
};

export type Moment = { t: number; lat: number; lng: number };

/** The newest accepted fix of a driver, complete. Positions have 7 decimals, about 1 cm: stored records stay short. */
export type LastFix = {
  /** the watermark, epoch ms */
  t: number;
  lat: number;
  lng: number;
  accuracyM: number | null;
  heading: number;
  speedMps: number;
  /** where heading and speed are counted from, until the car is out of its receiver's noise */
  anchor: Moment;
  /** a jump that waits for a second fix to confirm it */
  held: Moment | null;
};

/** A driver that nothing was known of. */
export const firstFix = (fix: RawFix): LastFix =>
  lastFix(fix, fix.heading ?? 0, fix.speedMps ?? 0, moment(fix.t, fix));

/**
 * Fills in the heading and speed that the device did not send. Within the noise radius of the anchor the heading
 * stays, and the speed as long as a car of that speed would still be within; beyond it both are measured from the
 * anchor, and the anchor moves up to the fix before, which a bad reading now does not spoil. A step twice as long as the
 * noise is measured alone, since what was before may be a stop or a corner. So a car that sets off, or comes back after
 * a gap, has its true speed two radii later.
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

/** Written out, like all objects here: V8 takes many times as long for one that is spread into a larger one. */
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

/** To 7 decimals, and never to -0. */
export const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7 + 0;

/** The driver as if it had been at the held place all along. */
export const driverAt = (previous: LastFix, held: Moment): LastFix => ({
  t: held.t,
  lat: held.lat,
  lng: held.lng,
  accuracyM: previous.accuracyM,
  heading: previous.heading,
  speedMps: previous.speedMps,
  anchor: held,
  held: null,
});

/** The driver where it was, with a jump to confirm. */
export const holding = (previous: LastFix, fix: RawFix): LastFix => ({
  t: previous.t,
  lat: previous.lat,
  lng: previous.lng,
  accuracyM: previous.accuracyM,
  heading: previous.heading,
  speedMps: previous.speedMps,
  anchor: previous.anchor,
  held: moment(fix.t, fix),
});

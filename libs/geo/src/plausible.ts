import { distanceM, type Point } from './distance.js';

/** Position at a time, with the accuracy that the device stated: the radius, in metres, that holds in 68% of cases. */
export type Sighting = Point & { t: number; accuracyM?: number | null | undefined };

/** 250 km/h: faster than any car in traffic, slower than the jumps of a lost receiver. */
export const MAX_SPEED_MPS = 70;
/** Metres within which two readings are never a jump, however short the time between them. */
const NOISE_M = 50;
/** Assumed accuracy in metres where the device states none: a good phone in a street, about 5 m on each axis. */
const USUAL_ACCURACY_M = 7.5;
/** With Gaussian noise, two readings of a standing car are this many accuracies apart once in ten thousand times. */
const NOISE_RADII = 4;
/** Lower bound, whatever accuracy a device states: a receiver drifts slowly between buildings. */
const MIN_NOISE_RADIUS_M = 12;

/** Whether a car, allowing for receiver noise, can have driven from one place to the other in the time between. */
export function reachable(from: Sighting, to: Sighting): boolean {
  const distance = distanceM(from, to);
  if (distance <= NOISE_M) return true;
  const uncertainM = (from.accuracyM ?? 0) + (to.accuracyM ?? 0);
  return distance - uncertainM <= (MAX_SPEED_MPS * Math.abs(to.t - from.t)) / 1000;
}

/**
 * Returns the distance, in metres, up to which two readings may come from a standing car. A step within it is no driving.
 * @param a accuracy of one reading in metres, null where not stated
 * @param b accuracy of the other
 */
export function noiseRadiusM(a: number | null | undefined, b: number | null | undefined): number {
  const worst = Math.max(a ?? USUAL_ACCURACY_M, b ?? USUAL_ACCURACY_M);
  return Math.max(MIN_NOISE_RADIUS_M, NOISE_RADII * worst);
}

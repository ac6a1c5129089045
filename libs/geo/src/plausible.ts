import { distanceM, type Point } from './distance.js';

/** A place at a time, with the accuracy that the device stated: the radius, in metres, that is right in 68 of 100. */
export type Sighting = Point & { t: number; accuracyM?: number | null | undefined };

/** 250 km/h: faster than any car in traffic, slower than the jumps of a lost receiver. */
export const MAX_SPEED_MPS = 70;
/** Two readings this close are never a jump, however short the time between them. */
const NOISE_M = 50;
/** Readings of a good phone in a street, where the device does not say: about 5 m on each axis. */
const USUAL_ACCURACY_M = 7.5;
/** With gaussian noise, two readings of a standing car are this many accuracies apart once in ten thousand. */
const NOISE_RADII = 4;
/** However good a device thinks it is: the slow drift of a receiver between houses. */
const MIN_NOISE_RADIUS_M = 12;

/** Whether a car, or the noise of its receiver, can have come from one place to the other in the time between. */
export function reachable(from: Sighting, to: Sighting): boolean {
  const distance = distanceM(from, to);
  if (distance <= NOISE_M) return true;
  const uncertainM = (from.accuracyM ?? 0) + (to.accuracyM ?? 0);
  return distance - uncertainM <= (MAX_SPEED_MPS * Math.abs(to.t - from.t)) / 1000;
}

/**
 * How far apart, in metres, two readings of a car that stands may be. A step within it says nothing of driving.
 * @param accuracyM of both, null where not stated
 */
export function noiseRadiusM(a: number | null | undefined, b: number | null | undefined): number {
  const worst = Math.max(a ?? USUAL_ACCURACY_M, b ?? USUAL_ACCURACY_M);
  return Math.max(MIN_NOISE_RADIUS_M, NOISE_RADII * worst);
}

import { distanceM, type Point } from './distance.js';

/**
 * Metres of street per metre of straight line. Means measured over 0.5 to 6 km (`npm test -- libs/city/src/detour`):
 * 1.29 on the streets of the demo city, 1.34 between crossings of the real Manhattan with its one-way streets; recorded
 * taxi trips in New York drove 1.47, median 1.39. A fine grid of two-way streets has 4/π = 1.27. For whole countries Ballou,
 * Rahardja and Sakai, Transportation Research Part A 36 (2002), 843–848, give 1.12 to 2.10.
 */
export const DETOUR_FACTOR = 1.35;

/**
 * Estimates the distance by street and the time at this pace, without a street map. On recorded taxi trips, half of the
 * durations are right within a factor of 1.35.
 */
export function estimate(from: Point, to: Point, paceMps: number): { distanceM: number; durationS: number } {
  const routeM = distanceM(from, to) * DETOUR_FACTOR;
  return { distanceM: routeM, durationS: routeM / paceMps };
}

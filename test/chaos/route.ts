import { between, type Random } from '#city';
import { destination, type Point } from '#geo';
import { indexCell, regionOf } from '#geo/cells';

/** A circular route, so that the position depends only on the time. */
export type Route = { center: Point; radiusM: number; degreesPerS: number };

export const MANHATTAN: Point = { lat: 40.77, lng: -73.97 };
const EARTH_DEGREE_M = 111_195;

/** Slow enough to be plausible after any pause: the straight line is never longer than the distance driven. */
export function routeAround(center: Point, random: Random): Route {
  const radiusM = between(random, 100, 1_500);
  const speedMps = between(random, 5, 20);
  return { center, radiusM, degreesPerS: (speedMps / radiusM) * (180 / Math.PI) };
}

export const inTown = (random: Random): Route =>
  routeAround(destination(MANHATTAN, between(random, 0, 360), between(random, 0, 6_000)), random);

/** Crosses from one region into the next and back, which takes several steps in the store. */
export const acrossTheBorder = (random: Random): Route => ({
  ...routeAround(BORDER, random),
  // Half a minute per lap, so every run has crossings.
  radiusM: 80,
  degreesPerS: 12,
});

export function placeAt({ center, radiusM, degreesPerS }: Route, t: number): Point {
  return destination(center, ((t / 1_000) * degreesPerS) % 360, radiusM);
}

const BORDER = nextBorder(MANHATTAN);

/** Finds the point where a line north leaves the region, to within a metre. */
function nextBorder(from: Point): Point {
  const region = (point: Point) => regionOf(indexCell(point));
  const north = (metres: number): Point => ({ lat: from.lat + metres / EARTH_DEGREE_M, lng: from.lng });
  let inside = 0;
  let outside = 1_000;
  while (region(north(outside)) === region(from)) outside += 1_000;
  while (outside - inside > 1) {
    const middle = (inside + outside) / 2;
    if (region(north(middle)) === region(from)) inside = middle;
    else outside = middle;
  }
  return north(inside);
}

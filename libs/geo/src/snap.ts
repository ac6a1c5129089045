import { METRES_PER_DEGREE, type Point, rounded, wrapLng } from './distance.js';

/** Columns of a row near a pole would be infinitely many. */
const LEAST_COSINE = 0.01;

/**
 * Returns the nearest point of a fixed grid on the earth, the same for all positions near it. Rows are `stepM` apart, and so
 * are the points of a row; the result is within 0.71 × `stepM` of the position.
 */
export function snapToGrid({ lat, lng }: Point, stepM: number): Point {
  const latStep = stepM / METRES_PER_DEGREE;
  const row = Math.round(lat / latStep) * latStep;
  const lngStep = latStep / Math.max(LEAST_COSINE, Math.cos((row * Math.PI) / 180));
  return {
    lat: rounded(Math.max(-90, Math.min(90, row))),
    lng: rounded(wrapLng(Math.round(lng / lngStep) * lngStep)),
  };
}

import { EARTH_RADIUS_M } from '#geo';

/**
 * Coordinate frame of the plan of 1811: u metres along the avenues ("uptown"), v metres across them ("east"),
 * from a point in Midtown. In it, avenues and numbered streets are straight lines.
 */
export type Uv = readonly [u: number, v: number];

const ORIGIN = { lat: 40.758, lng: -73.98 };
const TURN = (29.1 * Math.PI) / 180;
const SIN = Math.sin(TURN);
const COS = Math.cos(TURN);
const M_PER_DEGREE = (EARTH_RADIUS_M * Math.PI) / 180;
const M_PER_DEGREE_LNG = M_PER_DEGREE * Math.cos((ORIGIN.lat * Math.PI) / 180);

/** Converts from the frame to [lng, lat] in degrees. Affine, so straight lines stay straight on the map. */
export function toLngLat([u, v]: Uv): [lng: number, lat: number] {
  const east = u * SIN + v * COS;
  const north = u * COS - v * SIN;
  return [ORIGIN.lng + east / M_PER_DEGREE_LNG, ORIGIN.lat + north / M_PER_DEGREE];
}

/** Converts flat pairs u, v, u, v to points. */
export function pairs(flat: readonly number[]): Uv[] {
  return Array.from({ length: flat.length >> 1 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
}

export type Point = { lat: number; lng: number };

/** IUGG mean earth radius. */
export const EARTH_RADIUS_M = 6_371_008.8;
/** Metres per degree along a meridian or along the equator. */
export const METRES_PER_DEGREE = (Math.PI * EARTH_RADIUS_M) / 180;

const rad = (degrees: number) => (degrees * Math.PI) / 180;
const deg = (radians: number) => (radians * 180) / Math.PI;

/** Great-circle distance in metres on a sphere. Haversine: R. W. Sinnott, Sky and Telescope 68 (1984). */
export function distanceM(a: Point, b: Point): number {
  const dLat = rad(b.lat - a.lat);
  const dLng = rad(b.lng - a.lng);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLng / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Initial great-circle bearing from a to b, degrees clockwise from true north, [0, 360). */
export function bearing(a: Point, b: Point): number {
  const dLng = rad(b.lng - a.lng);
  const y = Math.sin(dLng) * Math.cos(rad(b.lat));
  const x =
    Math.cos(rad(a.lat)) * Math.sin(rad(b.lat)) -
    Math.sin(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.cos(dLng);
  return normalizeHeading(deg(Math.atan2(y, x)));
}

/** Point `distance` metres from `from` along the great circle that starts at `heading` degrees. */
export function destination(from: Point, heading: number, distance: number): Point {
  const angle = distance / EARTH_RADIUS_M;
  const lat = rad(from.lat);
  const course = rad(heading);
  const sinLat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(course);
  const y = Math.sin(course) * Math.sin(angle) * Math.cos(lat);
  const x = Math.cos(angle) - Math.sin(lat) * sinLat;
  return { lat: deg(Math.asin(sinLat)), lng: wrapLng(from.lng + deg(Math.atan2(y, x))) };
}

/** Normalizes an angle in degrees to [0, 360). */
export function normalizeHeading(degrees: number): number {
  const turned = ((degrees % 360) + 360) % 360;
  return turned === 360 ? 0 : turned;
}

/** Normalizes a longitude in degrees to [-180, 180). */
export const wrapLng = (lng: number): number => ((((lng + 180) % 360) + 360) % 360) - 180;

/** Rounds to 7 decimals, and never to -0. */
export const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7 + 0;

import { type Point, wrapLng } from './distance.js';

/** [west, south, east, north] in degrees. */
type Bbox = readonly [west: number, south: number, east: number, north: number];

/**
 * Whether a point lies in a polygon, by the even-odd rule. Edges are straight in degrees, as on a map. The result is
 * undefined for a point exactly on an edge and for a ring around a pole.
 * @param ring at least 3 corners, not closed, less than 180 degrees wide; may cross the antimeridian
 */
export function contains(ring: Point[], point: Point): boolean {
  const corners = unwrapped(ring);
  const lng = lngNear(corners[0]!, point);
  let inside = false;
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    if (a.lat > point.lat === b.lat > point.lat) return;
    const crossing = a.lng + ((point.lat - a.lat) / (b.lat - a.lat)) * (b.lng - a.lng);
    if (lng < crossing) inside = !inside;
  });
  return inside;
}

/**
 * Returns a test of whether a point lies in a box, its edges included.
 * @param bbox [west, south, east, north] in degrees; it crosses the antimeridian if west > east
 */
export function inBbox([west, south, east, north]: Bbox): (point: Point) => boolean {
  const isBetween =
    west > east ? (lng: number) => lng >= west || lng <= east : (lng: number) => lng >= west && lng <= east;
  return ({ lat, lng }) => lat >= south && lat <= north && isBetween(lng);
}

/** Returns the point in the middle of a box. */
export function centreOf([west, south, east, north]: Bbox): Point {
  const width = east - west + (west > east ? 360 : 0);
  return { lat: (south + north) / 2, lng: wrapLng(west + width / 2) };
}

/** Returns the corners with longitudes that do not jump at the antimeridian: within 180 degrees of the first corner's. */
export function unwrapped(ring: Point[]): Point[] {
  const first = ring[0]!;
  return ring.map((corner) => ({ lat: corner.lat, lng: lngNear(first, corner) }));
}

const lngNear = (first: Point, { lng }: Point): number => first.lng + wrapLng(lng - first.lng);

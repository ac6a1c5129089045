import { type Point, wrapLng } from './distance.js';

/**
 * Returns the point at a fraction of the leg from a to b. It is straight in degrees, which over the few kilometres between
 * two fixes is straight on the ground too, and takes the short way across the antimeridian.
 */
export const between = (a: Point, b: Point, share: number): Point => ({
  lat: a.lat + share * (b.lat - a.lat),
  lng: wrapLng(a.lng + share * wrapLng(b.lng - a.lng)),
});

/** Returns the fraction of the leg from a to b, 0 to 1, that is nearest to a point; 0 when a and b are equal. */
export function nearestShare(a: Point, b: Point, point: Point): number {
  const narrow = Math.cos((a.lat * Math.PI) / 180);
  const dx = wrapLng(b.lng - a.lng) * narrow;
  const dy = b.lat - a.lat;
  const lengthSquared = dx * dx + dy * dy;
  if (lengthSquared === 0) return 0;
  const along = wrapLng(point.lng - a.lng) * narrow * dx + (point.lat - a.lat) * dy;
  return Math.max(0, Math.min(1, along / lengthSquared));
}

/** Returns the degrees to turn from one heading to another, the short way: [-180, 180), clockwise is positive. */
export const turnBetween = (from: number, to: number): number => wrapLng(to - from);

import type { LngLat, Zone, ZonePolygon, ZoneRing } from '#protocol';

/** Longitude of a position so that it is the short way from another one, which may leave it outside [-180, 180]. */
const near = (from: number, lng: number): number => {
  const difference = (((lng - from) % 360) + 540) % 360;
  return from + difference - 180;
};

/**
 * Returns a ring whose longitudes do not jump at the antimeridian: each vertex is the short way from the one before, so they
 * may lie outside [-180, 180].
 * @param from longitude near which the ring begins
 */
export function unwrapRing(ring: ZoneRing, from = ring[0]?.[0] ?? 0): LngLat[] {
  let last = from;
  return ring.map(([lng, lat]) => {
    last = near(last, lng);
    return [last, lat];
  });
}

/** Returns the rings of a polygon without jumps, its holes on the same side as the outer ring. */
export function unwrapPolygon([outer = [], ...holes]: ZonePolygon): LngLat[][] {
  const from = outer[0]?.[0] ?? 0;
  return [unwrapRing(outer, from), ...holes.map((hole) => unwrapRing(hole, from))];
}

/** Returns twice the signed area of an unwrapped ring in square degrees, positive if it is counter-clockwise. */
export function signedArea(ring: readonly LngLat[]): number {
  let sum = 0;
  ring.forEach(([lng, lat], i) => {
    const [nextLng, nextLat] = ring[(i + 1) % ring.length]!;
    sum += lng * nextLat - nextLng * lat;
  });
  return sum;
}

/** Counts the vertices of polygons over all of their rings. */
export const verticesOf = (polygons: ZonePolygon[]): number =>
  polygons.reduce((sum, rings) => sum + rings.reduce((of, ring) => of + ring.length, 0), 0);

/** Returns [west, south, east, north] of a zone; east may exceed 180 where it crosses the antimeridian. */
export function boundsOf({ polygons }: Pick<Zone, 'polygons'>): [number, number, number, number] {
  const first = polygons[0]?.[0]?.[0]?.[0] ?? 0;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outer] of polygons)
    for (const [lng, lat] of unwrapRing(outer ?? [], first)) {
      west = Math.min(west, lng);
      east = Math.max(east, lng);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
  return [west, south, east, north];
}

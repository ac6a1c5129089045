import type { LngLat, ZonePolygon } from '#sdk';
import { boundsOf, unwrapPolygon } from '#zones';

type Shape = { polygons: ZonePolygon[] };

/** Whether a position lies in unwrapped rings, by the even-odd rule, so that holes are outside. */
function isIn(rings: readonly LngLat[][], [lng, lat]: LngLat): boolean {
  let inside = false;
  for (const ring of rings)
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!;
      if (a[1] > lat === b[1] > lat) return;
      if (lng < a[0] + ((lat - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside = !inside;
    });
  return inside;
}

/** Whether a zone contains a position. */
export const contains = ({ polygons }: Shape, [lng, lat]: LngLat): boolean =>
  polygons.some((polygon) => {
    const rings = unwrapPolygon(polygon);
    // The rings may lie beyond the antimeridian.
    return [-360, 0, 360].some((turn) => isIn(rings, [lng + turn, lat]));
  });

const extent = (zone: Shape): number => {
  const [west, south, east, north] = boundsOf(zone);
  return (east - west) * (north - south);
};

/** Returns the smallest zone at a position: it is the one on which nothing smaller lies. */
export function zoneAt<T extends Shape>(zones: readonly T[], at: LngLat): T | null {
  const hit = zones.filter((zone) => contains(zone, at)).map((zone) => ({ zone, size: extent(zone) }));
  return (
    hit.reduce<{ zone: T; size: number } | null>(
      (best, each) => (best === null || each.size < best.size ? each : best),
      null,
    )?.zone ?? null
  );
}

/**
 * Returns where the label of a zone goes: the middle of the widest stretch of its first polygon at half its height, which lies
 * inside, also for a crescent.
 */
export function labelPlace({ polygons }: Shape): LngLat | null {
  const rings = unwrapPolygon(polygons[0] ?? []);
  const outer = rings[0];
  if (outer === undefined || outer.length < 3) return null;
  const lats = outer.map(([, lat]) => lat);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const crossings = rings
    .flatMap((ring) =>
      ring.flatMap((a, i) => {
        const b = ring[(i + 1) % ring.length]!;
        return a[1] > lat === b[1] > lat ? [] : [a[0] + ((lat - a[1]) / (b[1] - a[1])) * (b[0] - a[0])];
      }),
    )
    .sort((a, b) => a - b);
  let widest: [west: number, east: number] = [outer[0]![0], outer[0]![0]];
  for (let i = 0; i + 1 < crossings.length; i += 2)
    if (crossings[i + 1]! - crossings[i]! > widest[1] - widest[0])
      widest = [crossings[i]!, crossings[i + 1]!];
  return [(widest[0] + widest[1]) / 2, lat];
}

/** Returns the rings of GeoJSON: closed, and without jumps at the antimeridian. */
export const closedRings = (polygon: ZonePolygon): LngLat[][] =>
  unwrapPolygon(polygon).map((ring) => [...ring, ring[0]!]);

export { boundsOf };

import { wrapLng } from '#geo';
import type { LngLat, ZonePolygon, ZoneRing } from '#sdk';
import { problemsOfPolygons } from '#zones';
import { boundsOf, labelPlace } from '../layer/shape.js';

/** Parts of the extent of a polygon that a new hole has, the first one that fits. */
const SHARES = [0.3, 0.2, 0.1, 0.05, 0.02];

/** Returns a hole at the widest place of a polygon, to be moved and shaped from there; null if none fits. */
export function holeIn(polygon: ZonePolygon): ZoneRing | null {
  const place = labelPlace({ polygons: [polygon] });
  if (place === null) return null;
  const [west, south, east, north] = boundsOf({ polygons: [polygon] });
  const holes = SHARES.map((share): ZoneRing => {
    const [x, y] = [((east - west) * share) / 2, ((north - south) * share) / 2];
    const corner = (dx: number, dy: number): LngLat => [wrapLng(place[0] + dx), place[1] + dy];
    return [corner(-x, -y), corner(-x, y), corner(x, y), corner(x, -y)];
  });
  return holes.find((hole) => problemsOfPolygons([[...polygon, hole]]).length === 0) ?? null;
}

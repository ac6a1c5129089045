import { METRES_PER_DEGREE, type Point } from '#geo';
import type { City, StreetPlace } from './types.js';

/** Point on a street: its place in the graph, its position, and its distance from the place that was asked for, metres. */
export type StreetPoint = StreetPlace & Point & { awayM: number; road: number };

/** Returns the point on a street that is nearest to a place, by straight line. */
export function snap({ nodes }: City, { lat, lng }: Point): StreetPoint {
  const lngScale = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  let best = { from: 0, to: 0, share: 0, lengthM: 0, road: 0 };
  let least = Number.POSITIVE_INFINITY;
  nodes.forEach((node, from) => {
    const x = (node.lng - lng) * lngScale;
    const y = (node.lat - lat) * METRES_PER_DEGREE;
    for (const { to, lengthM, road } of node.edges) {
      const end = nodes[to]!;
      const dx = (end.lng - node.lng) * lngScale;
      const dy = (end.lat - node.lat) * METRES_PER_DEGREE;
      const share = Math.min(1, Math.max(0, -(x * dx + y * dy) / (dx * dx + dy * dy)));
      const away = (x + share * dx) ** 2 + (y + share * dy) ** 2;
      if (away < least) [best, least] = [{ from, to, share, lengthM, road }, away];
    }
  });
  const { from, to, share, lengthM, road } = best;
  return {
    from,
    to,
    alongM: share * lengthM,
    ...along(nodes[from]!, nodes[to]!, share),
    awayM: Math.sqrt(least),
    road,
  };
}

/** Position of a place on a street. */
export function positionAt({ nodes }: City, { from, to, alongM }: StreetPlace): Point {
  const lengthM = nodes[from]!.edges.find((edge) => edge.to === to)?.lengthM ?? 1;
  return along(nodes[from]!, nodes[to]!, alongM / lengthM);
}

/** Seven digits are one centimetre; more would suggest an accuracy that the city does not have. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

const along = (from: Point, to: Point, share: number): Point => ({
  lat: rounded(from.lat + (to.lat - from.lat) * share),
  lng: rounded(from.lng + (to.lng - from.lng) * share),
});

import type { Point } from '#geo';
import type { City } from './types.js';

/** Returns the id of the node nearest to a point, by straight line. */
export function nearestNode(city: City, point: Point): number {
  const scale = Math.cos((point.lat * Math.PI) / 180);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  city.nodes.forEach((node, id) => {
    const d = ((node.lng - point.lng) * scale) ** 2 + (node.lat - point.lat) ** 2;
    if (d < least) [best, least] = [id, d];
  });
  return best;
}

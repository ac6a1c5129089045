import { AVENUES } from './avenues.js';
import { joinCorners, type Plan } from './crossings.js';
import { OLD_STREETS } from './downtown.js';
import { pairs, toLngLat } from './frame.js';
import { buildGraph } from './graph.js';
import { numberedStreets } from './grid.js';
import { HEIGHTS } from './heights.js';
import { ISLANDS, MANHATTAN, NEIGHBOURS } from './land.js';
import { PARKS } from './parks.js';
import { clip } from './plane.js';
import type { City, Rings } from './types.js';
import { WATERFRONT } from './waterfront.js';

let built: City | undefined;

/** Returns Manhattan, whose graph and map come from the same data. Built on the first call. */
export function manhattan(): City {
  built ??= build();
  return built;
}

function build(): City {
  const shore = pairs(MANHATTAN);
  const named = [...WATERFRONT, ...AVENUES, ...HEIGHTS, ...OLD_STREETS];
  const plans: Plan[] = [...named, ...numberedStreets(named)].flatMap(([name, kind, way, uv]) =>
    clip(pairs(uv), shore).map((line) => ({ name, kind, way, line })),
  );
  joinCorners(plans);
  const { roads, nodes } = buildGraph(plans);
  const lngs = nodes.map((node) => node.lng);
  const lats = nodes.map((node) => node.lat);
  return {
    roads,
    nodes,
    land: [MANHATTAN, ...NEIGHBOURS, ...ISLANDS].map(rings),
    parks: PARKS.map(([name, uv]) => ({ name, rings: rings(uv) })),
    bounds: [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)],
    center: { lat: 40.758, lng: -73.98 },
  };
}

/** Returns a closed ring, counterclockwise as GeoJSON requires (RFC 7946, 3.1.6). */
function rings(flat: readonly number[]): Rings {
  const ring = pairs(flat).map(toLngLat);
  const twiceArea = ring.reduce((sum, [x, y], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length]!;
    return sum + x * y2 - x2 * y;
  }, 0);
  if (twiceArea < 0) ring.reverse();
  return [[...ring, ring[0]!]];
}

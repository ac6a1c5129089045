import {
  getHexagonAreaAvg,
  getHexagonEdgeLengthAvg,
  POLYGON_TO_CELLS_FLAGS,
  polygonToCellsExperimental,
  UNITS,
} from 'h3-js';
import { distanceM, EARTH_RADIUS_M, METRES_PER_DEGREE, type Point, wrapLng } from './distance.js';
import { INDEX_RESOLUTION, indexCell, MAX_CELLS } from './grid.js';
import { unwrapped } from './polygon.js';

/** Maximum width: H3's polygon functions take a shape wider than half the globe for its complement. */
const MAX_WIDTH_DEGREES = 170;
/** Safety factor: the largest index cells are 1.21 times the average, and the estimates below are rough. */
const MARGIN = 1.3;
const CELL_M2 = getHexagonAreaAvg(INDEX_RESOLUTION, UNITS.m2);
const EDGE_M = getHexagonEdgeLengthAvg(INDEX_RESOLUTION, UNITS.m);

/**
 * Returns every index cell that a box touches, or null when there are more than {@link MAX_CELLS}.
 * @param bbox [west, south, east, north] in degrees; it crosses the antimeridian if west > east
 */
export function coverBbox([west, south, east, north]: readonly [number, number, number, number]):
  | string[]
  | null {
  if (estimatedCells([west, south, east + (west > east ? 360 : 0), north]) > MARGIN * MAX_CELLS) return null;
  return touched([
    [south, west],
    [south, east],
    [north, east],
    [north, west],
  ]);
}

/**
 * Estimates the number of cells before any is listed, because listing a continent takes seconds. The +1 accounts for a
 * strip thinner than a cell.
 */
function estimatedCells([west, south, east, north]: readonly [number, number, number, number]): number {
  const widest = south > 0 ? south : north < 0 ? north : 0;
  const widthM = (east - west) * METRES_PER_DEGREE * Math.cos((widest * Math.PI) / 180);
  const heightM = (north - south) * METRES_PER_DEGREE;
  if (east - west >= MAX_WIDTH_DEGREES) return Number.POSITIVE_INFINITY;
  const acrossM = Math.sqrt(CELL_M2);
  return (widthM / acrossM + 1) * (heightM / acrossM + 1);
}

/**
 * Returns every index cell that a polygon touches, or null when there are more than {@link MAX_CELLS} or the polygon is
 * over 170 degrees wide. A ring around a pole is always that wide, so it is not supported.
 * @param ring 3 to 100 corners, not closed, edges straight in degrees and not crossing each other; may cross the
 * antimeridian
 */
export function coverPolygon(ring: Point[]): string[] | null {
  const corners = unwrapped(ring);
  const lngs = corners.map(({ lng }) => lng);
  if (Math.max(...lngs) - Math.min(...lngs) >= MAX_WIDTH_DEGREES) return null;
  const edges = cellsAlong(corners);
  if (edges === null || areaM2(corners) > MARGIN * MAX_CELLS * CELL_M2) return null;
  const cells = touched(corners.map(({ lat, lng }) => [lat, wrapLng(lng)]));
  // H3 occasionally misses a cell that a corner only just reaches.
  return cells === null ? null : [...new Set([...cells, ...edges])];
}

function touched(ring: number[][]): string[] | null {
  const cells = polygonToCellsExperimental(
    ring,
    INDEX_RESOLUTION,
    POLYGON_TO_CELLS_FLAGS.containmentOverlapping,
  );
  return cells.length > MAX_CELLS ? null : cells;
}

/** Area by the shoelace formula on the equal-area cylindrical projection (Lambert, 1772). */
function areaM2(corners: Point[]): number {
  const height = ({ lat }: Point) => Math.sin((lat * Math.PI) / 180);
  const twice = corners.reduce((sum, a, i) => {
    const b = corners[(i + 1) % corners.length]!;
    return sum + (b.lng - a.lng) * (height(a) + height(b));
  }, 0);
  return (Math.abs(twice) / 2) * (Math.PI / 180) * EARTH_RADIUS_M ** 2;
}

/**
 * Returns the cells along the edges, or null when these alone are too many. It samples each edge, because a thin polygon has
 * almost no area and still takes seconds to list.
 */
function cellsAlong(corners: Point[]): Set<string> | null {
  const cells = new Set<string>();
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length]!;
    const steps = Math.ceil(distanceM(a, b) / EDGE_M);
    for (let step = 0; step < steps; step += 1) {
      const along = step / steps;
      cells.add(indexCell({ lat: a.lat + along * (b.lat - a.lat), lng: a.lng + along * (b.lng - a.lng) }));
      if (cells.size > MAX_CELLS) return null;
    }
  }
  return cells;
}

import {
  cellToBoundary,
  cellToParent,
  getHexagonAreaAvg,
  getHexagonEdgeLengthAvg,
  gridDisk,
  latLngToCell,
  POLYGON_TO_CELLS_FLAGS,
  polygonToCellsExperimental,
  UNITS,
} from 'h3-js';
import { distanceM, EARTH_RADIUS_M, type Point, wrapLng } from './distance.js';

/** The cells of the fleet index and of dispatchers' rooms: coarse, about 36 km². */
export const INDEX_RESOLUTION = 6;
/** Whose keys live together in one Redis slot. */
export const REGION_RESOLUTION = 3;
/** The rooms of riders who look for a car: fine, about 0.74 km². */
export const NEARBY_RESOLUTION = 8;
/** The most cells that one question or one watch may touch. */
export const MAX_CELLS = 1_000;

const METRES_PER_DEGREE = (Math.PI * EARTH_RADIUS_M) / 180;

export const indexCell = ({ lat, lng }: Point): string => latLngToCell(lat, lng, INDEX_RESOLUTION);
export const nearbyCell = ({ lat, lng }: Point): string => latLngToCell(lat, lng, NEARBY_RESOLUTION);

const regions = new Map<string, string>();

/** The region of a cell. Remembered: it is asked several times for each fix. */
export function regionOf(cell: string): string {
  let region = regions.get(cell);
  if (region === undefined) {
    if (regions.size >= 20_000) regions.clear();
    region = cellToParent(cell, REGION_RESOLUTION);
    regions.set(cell, region);
  }
  return region;
}

/** Every cell of one resolution that a circle touches. */
export function coverCircle(center: Point, radiusM: number, resolution: number): string[] {
  const edgeM = getHexagonEdgeLengthAvg(resolution, UNITS.m);
  // Neighbouring centres are 1.7 edges apart on average; 1.2 leaves room for the smallest and most skewed cells.
  const rings = Math.ceil((radiusM + edgeM) / (1.2 * edgeM)) + 1;
  const home = latLngToCell(center.lat, center.lng, resolution);
  return gridDisk(home, rings).filter((cell) => cell === home || touches(cell, center, radiusM));
}

function touches(cell: string, center: Point, radiusM: number): boolean {
  const corners = boundary(cell);
  if (corners.some((corner) => distanceM(center, corner) <= radiusM)) return true;
  return corners.some(
    (corner, i) => distanceToEdgeM(center, corner, corners[(i + 1) % corners.length]!) <= radiusM,
  );
}

const boundaries = new Map<string, Point[]>();

/** Corners of a cell. Remembered, because computing them costs more than the rest of a question. */
function boundary(cell: string): Point[] {
  let corners = boundaries.get(cell);
  if (corners === undefined) {
    if (boundaries.size >= 20_000) boundaries.clear();
    corners = cellToBoundary(cell).map(([lat, lng]) => ({ lat, lng }));
    boundaries.set(cell, corners);
  }
  return corners;
}

/** Distance from a point to a short edge, on the plane that touches the earth at the point. */
function distanceToEdgeM(point: Point, a: Point, b: Point): number {
  const start = flat(point, a);
  const end = flat(point, b);
  const dx = end.x - start.x;
  const dy = end.y - start.y;
  const along = Math.max(0, Math.min(1, -(start.x * dx + start.y * dy) / (dx * dx + dy * dy)));
  return Math.hypot(start.x + along * dx, start.y + along * dy);
}

function flat(origin: Point, point: Point): { x: number; y: number } {
  return {
    x: wrapLng(point.lng - origin.lng) * METRES_PER_DEGREE * Math.cos((origin.lat * Math.PI) / 180),
    y: (point.lat - origin.lat) * METRES_PER_DEGREE,
  };
}

/**
 * Every index cell that a box touches, or null when there are more than {@link MAX_CELLS}.
 * @param bbox [west, south, east, north] in degrees, west < east
 */
export function coverBbox([west, south, east, north]: readonly [number, number, number, number]):
  | string[]
  | null {
  if (estimatedCells([west, south, east, north]) > 1.3 * MAX_CELLS) return null;
  const ring = [
    [south, west],
    [south, east],
    [north, east],
    [north, west],
  ];
  const cells = polygonToCellsExperimental(
    ring,
    INDEX_RESOLUTION,
    POLYGON_TO_CELLS_FLAGS.containmentOverlapping,
  );
  return cells.length > MAX_CELLS ? null : cells;
}

/** Asked before any cell is listed, because that takes seconds for a continent; a thin strip has a length too. */
function estimatedCells([west, south, east, north]: readonly [number, number, number, number]): number {
  const widest = south > 0 ? south : north < 0 ? north : 0;
  const widthM = (east - west) * METRES_PER_DEGREE * Math.cos((widest * Math.PI) / 180);
  const heightM = (north - south) * METRES_PER_DEGREE;
  // Polygon functions take what is wider than half the globe for the other half.
  if (east - west >= 170) return Number.POSITIVE_INFINITY;
  const acrossM = Math.sqrt(getHexagonAreaAvg(INDEX_RESOLUTION, UNITS.m2));
  return (widthM / acrossM + 1) * (heightM / acrossM + 1);
}

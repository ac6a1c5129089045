import {
  cellToParent,
  getHexagonAreaAvg,
  latLngToCell,
  POLYGON_TO_CELLS_FLAGS,
  polygonToCellsExperimental,
  UNITS,
} from 'h3-js';
import { EARTH_RADIUS_M, type Point } from './distance.js';

export { coverCircle } from './circle.js';

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

/** An index cell within its region is told by three digits. */
export const codeOf = (cell: string): string => cell.slice(6, 9);
/** The index cell in the middle of a region. */
export const centreOf = (region: string): string => cellOf(region, '007');
export const cellOf = (region: string, code: string): string => `86${region.slice(2, 6)}${code}ffffff`;

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

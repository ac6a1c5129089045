import { cellToChildren, cellToLatLng, cellToParent, gridDisk, latLngToCell } from 'h3-js';
import { CellTiles } from './cell-tiles.js';
import type { Point } from './distance.js';

/** Resolution of the fleet index and of dispatchers' rooms: coarse, about 36 km² per cell. */
export const INDEX_RESOLUTION = 6;
/** Resolution of regions: the keys of one region share a Redis slot. */
export const REGION_RESOLUTION = 3;
/** Resolution of the rooms of riders who look for a car: fine, about 0.74 km² per cell. */
export const NEARBY_RESOLUTION = 8;
/** Upper bound of the diameter of such a cell, metres: the largest measures 1,170 m. */
export const NEARBY_CELL_M = 1_200;
/** Maximum number of cells that one query or one watch may touch. */
export const MAX_CELLS = 1_000;

export const indexCell = ({ lat, lng }: Point): string => tiles.cellAt(lat, lng);
export const nearbyCell = ({ lat, lng }: Point): string => latLngToCell(lat, lng, NEARBY_RESOLUTION);

/** Returns the region that holds the drivers and the feed of a place. */
export const regionAt = (position: Point): string => regionOf(indexCell(position));

/** Returns the region of a position and those next to it. */
export const regionsAround = (position: Point): string[] => gridDisk(regionAt(position), 1);

const tiles = new CellTiles(INDEX_RESOLUTION);
const regions = new Map<string, string>();

/** Returns the region of a cell. Cached: it is needed several times per fix. */
export function regionOf(cell: string): string {
  let region = regions.get(cell);
  if (region === undefined) {
    if (regions.size >= 20_000) regions.clear();
    region = cellToParent(cell, REGION_RESOLUTION);
    regions.set(cell, region);
  }
  return region;
}

const middles = new Map<string, Point>();

/** Returns the middle of a region. Cached. */
export function middleOf(region: string): Point {
  let middle = middles.get(region);
  if (middle === undefined) {
    const [lat, lng] = cellToLatLng(region);
    middle = { lat, lng };
    middles.set(region, middle);
  }
  return middle;
}

/** Returns the index cells of a region. */
export const cellsOf = (region: string): string[] => cellToChildren(region, INDEX_RESOLUTION);

/**
 * Returns the code of an index cell within its region: the 9 bits of its last three digits and 3 bits that are always set,
 * as 3 hex characters. See "Bit layout of H3Cell indexes" in the H3 documentation.
 */
export const codeOf = (cell: string): string => cell.slice(6, 9);
/** Returns the index cell of a region with this code. */
export const cellOf = (region: string, code: string): string => `86${region.slice(2, 6)}${code}ffffff`;
/** Returns the index cell in the middle of a region. */
export const centreOf = (region: string): string => cellOf(region, '007');

import { cellToParent, latLngToCell } from 'h3-js';
import { CellTiles } from './cell-tiles.js';
import type { Point } from './distance.js';

/** The cells of the fleet index and of dispatchers' rooms: coarse, about 36 km². */
export const INDEX_RESOLUTION = 6;
/** Whose keys live together in one Redis slot. */
export const REGION_RESOLUTION = 3;
/** The rooms of riders who look for a car: fine, about 0.74 km². */
export const NEARBY_RESOLUTION = 8;
/** From one end of such a cell to the other, metres, and a little more: the largest has 1,170 m. */
export const NEARBY_CELL_M = 1_200;
/** The most cells that one question or one watch may touch. */
export const MAX_CELLS = 1_000;

export const indexCell = ({ lat, lng }: Point): string => tiles.cellAt(lat, lng);
export const nearbyCell = ({ lat, lng }: Point): string => latLngToCell(lat, lng, NEARBY_RESOLUTION);

/** The region that holds the drivers and the news of a place. */
export const regionAt = (position: Point): string => regionOf(indexCell(position));

const tiles = new CellTiles(INDEX_RESOLUTION);
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

/**
 * An index cell within its region: the 9 bits of its last three digits and 3 that are always set, as 3 hex characters.
 * See "Bit layout of H3Cell indexes" in the H3 documentation.
 */
export const codeOf = (cell: string): string => cell.slice(6, 9);
/** The index cell of a region that has this code. */
export const cellOf = (region: string, code: string): string => `86${region.slice(2, 6)}${code}ffffff`;
/** The index cell in the middle of a region. */
export const centreOf = (region: string): string => cellOf(region, '007');

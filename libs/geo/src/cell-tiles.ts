import { latLngToCell } from 'h3-js';

/** Tiles per degree: a tile is about 400 m high, an index cell (resolution 6) about 6 km. */
const PER_DEGREE = 256;
const SLOTS = 2 ** 15;
/** Latitude in degrees beyond which tiles are too narrow to be useful. */
const MAX_LAT = 85;
/** Degrees, about 10 cm: the sides of a tile bulge by a few millimetres between its corners. */
const MARGIN = 1e-6;

/**
 * Cache of H3 cells by position. Most positions lie in a tile that is cached and lies within one cell, which saves most of
 * the cost of a projection. Exact: a hexagon is convex, so it contains a tile when it contains the tile's corners. The
 * resolution must be even: at odd ones, cells that cross an edge of the icosahedron have a bend.
 */
export class CellTiles {
  readonly #rows = new Int32Array(SLOTS).fill(-1);
  readonly #columns = new Int32Array(SLOTS);
  /** null where the tile lies in several cells */
  readonly #cells: Array<string | null> = new Array(SLOTS).fill(null);

  constructor(private readonly resolution: number) {}

  cellAt(lat: number, lng: number): string {
    if (!(Math.abs(lat) < MAX_LAT)) return latLngToCell(lat, lng, this.resolution);
    const row = Math.floor((lat + 90) * PER_DEGREE);
    const column = Math.floor((lng + 180) * PER_DEGREE);
    const slot = (Math.imul(row, 181) + column) & (SLOTS - 1);
    if (this.#rows[slot] !== row || this.#columns[slot] !== column) {
      this.#rows[slot] = row;
      this.#columns[slot] = column;
      this.#cells[slot] = this.#cellOfTile(row, column);
    }
    return this.#cells[slot] ?? latLngToCell(lat, lng, this.resolution);
  }

  #cellOfTile(row: number, column: number): string | null {
    const south = row / PER_DEGREE - 90 - MARGIN;
    const north = (row + 1) / PER_DEGREE - 90 + MARGIN;
    const west = column / PER_DEGREE - 180 - MARGIN;
    const east = (column + 1) / PER_DEGREE - 180 + MARGIN;
    const cell = latLngToCell(south, west, this.resolution);
    const isWhole =
      latLngToCell(south, east, this.resolution) === cell &&
      latLngToCell(north, west, this.resolution) === cell &&
      latLngToCell(north, east, this.resolution) === cell;
    return isWhole ? cell : null;
  }
}

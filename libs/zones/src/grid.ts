/** Heights of the cells of the levels, degrees, finest first: about 150 m, 600 m, 2.4 km, 10 km and 40 km. */
export const STEPS = [17, 15, 13, 11, 9].map((bits) => 180 / 2 ** bits);

/** Returns the column of a longitude, in [0, number of columns); a cell is as wide in degrees as it is high. */
export function columnOf(lng: number, step: number): number {
  const columns = 360 / step;
  const column = Math.floor((lng + 180) / step) % columns;
  return column < 0 ? column + columns : column;
}

export const rowOf = (lat: number, step: number): number => Math.floor((lat + 90) / step);

/** Values by cell of one level. Both coordinates are small integers, with which a map is fastest. */
export class Grid<V> {
  readonly #rows = new Map<number, Map<number, V>>();

  constructor(readonly step: number) {}

  /** Returns the value of the cell that contains a position. */
  at(lat: number, lng: number): V | undefined {
    return this.#rows.get(rowOf(lat, this.step))?.get(columnOf(lng, this.step));
  }

  /** Returns the value of a cell, which is created if there is none. */
  of(row: number, column: number, create: () => V): V {
    let cells = this.#rows.get(row);
    if (cells === undefined) {
      cells = new Map();
      this.#rows.set(row, cells);
    }
    let value = cells.get(column);
    if (value === undefined) {
      value = create();
      cells.set(column, value);
    }
    return value;
  }
}

import type { Plane, Point, Position } from '../plane.js';
import { CORNER_STRIDE } from './gl.js';

/** Scale of a drawn cell: slightly smaller than the cell, so that neighbours stay distinct. */
const SHRINK = 0.94;

export type ColouredCell = {
  cell: string;
  colour: [red: number, green: number, blue: number];
  /** in [0, 1] */
  opacity: number;
};

/** Triangles of coloured cells on the plane. Rebuilt when the colours change, not per frame. */
export class CellLayer {
  data = new Float32Array(0);
  /** number of triangle corners */
  count = 0;
  /** set when `data` changes; the uploader clears it */
  changed = false;
  readonly #plane: Plane;
  readonly #corners: (cell: string) => Position[];
  readonly #fans = new Map<string, Point[]>();

  /** @param corners returns the corners of a cell, in order */
  constructor(plane: Plane, corners: (cell: string) => Position[]) {
    this.#plane = plane;
    this.#corners = corners;
  }

  /** Replaces all cells. */
  set(cells: readonly ColouredCell[]): void {
    const fans = cells.map(({ cell }) => this.#fanOf(cell));
    const size = fans.reduce((sum, fan) => sum + fan.length, 0);
    if (this.data.length < size * CORNER_STRIDE) this.data = new Float32Array(size * CORNER_STRIDE * 2);
    let at = 0;
    fans.forEach((fan, i) => {
      const { colour, opacity } = cells[i]!;
      for (const { x, y } of fan) {
        this.data.set([x, y, ...colour, opacity], at);
        at += CORNER_STRIDE;
      }
    });
    this.count = size;
    this.changed = true;
  }

  #fanOf(cell: string): Point[] {
    const known = this.#fans.get(cell);
    if (known !== undefined) return known;
    const around = this.#corners(cell).map((corner) => this.#plane.from(corner));
    const middle = {
      x: around.reduce((sum, { x }) => sum + x, 0) / around.length,
      y: around.reduce((sum, { y }) => sum + y, 0) / around.length,
    };
    const inward = ({ x, y }: Point) => ({
      x: middle.x + (x - middle.x) * SHRINK,
      y: middle.y + (y - middle.y) * SHRINK,
    });
    const fan = around.flatMap((corner, i) => [
      middle,
      inward(corner),
      inward(around[(i + 1) % around.length]!),
    ]);
    this.#fans.set(cell, fan);
    return fan;
  }
}

import type { Plane, Point, Position } from '../plane.js';
import { CORNER_STRIDE } from './gl.js';
import { HEAD, TO_CLIP } from './shaders.js';

/** Draws the corners of cells, each with its colour. */
const VERTEX = `${HEAD}${TO_CLIP}
layout(location = 0) in vec2 corner;
layout(location = 1) in vec4 tint;
flat out vec4 fill;
void main() {
  fill = tint;
  gl_Position = clip((toScreen * vec3(corner, 1.0)).xy);
}`;

const FRAGMENT = `${HEAD}
flat in vec4 fill;
uniform float stale;
out vec4 colour;
void main() {
  vec3 tint = mix(fill.rgb, vec3(dot(fill.rgb, vec3(0.3, 0.59, 0.11))), stale);
  colour = vec4(tint, 1.0) * fill.a;
}`;

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
  /** vertex and fragment shader; not with the others, because only the board has cells */
  readonly shaders = [VERTEX, FRAGMENT] as const;
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

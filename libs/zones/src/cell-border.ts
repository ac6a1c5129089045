import { type Border, edgeIsCloser, near, rayCrosses } from './border.js';

/** Exact tests of a position against the border of a zone. */
export type BorderTests = Pick<Border, 'contains' | 'isCloser'>;

/** Edges of one polygon of a zone that matter in a cell, as indexes. */
export type CellPart = {
  /** index of the polygon */
  part: number;
  /** edges within the margin of the cell */
  close: number[];
  /** edges that a ray to the east may cross, depending on where in the cell it starts */
  ahead: number[];
  /** whether the number of the other edges that it crosses, which is the same for the whole cell, is odd */
  isOdd: boolean;
};

/**
 * Border of a zone as positions in one cell see it: the same answers as of the whole {@link Border}, from a few edges. They
 * are packed, because a city has hundreds of thousands of such cells: whether a polygon contains the whole cell, number of
 * other polygons, and for each of them index, oddness, number of close edges and of those ahead, and these edges.
 */
export class CellBorder implements BorderTests {
  constructor(
    private readonly parts: Border['parts'],
    private readonly packed: Uint16Array,
    private readonly start: number,
  ) {}

  /** Like {@link Border.contains}, for positions in the cell. */
  contains(lat: number, lng: number): boolean {
    const { parts, packed } = this;
    let at = this.start;
    if (packed[at] === 1) return true;
    const count = packed[at + 1]!;
    at += 2;
    for (let n = 0; n < count; n += 1) {
      const { edges, middle } = parts[packed[at]!]!;
      let inside = packed[at + 1] === 1;
      const ahead = at + 4 + packed[at + 2]!;
      const end = ahead + packed[at + 3]!;
      const x = near(middle, lng);
      for (let i = ahead; i < end; i += 1) if (rayCrosses(edges, 4 * packed[i]!, x, lat)) inside = !inside;
      if (inside) return true;
      at = end;
    }
    return false;
  }

  /** Like {@link Border.isCloser}, for positions in the cell and distances up to the margin. */
  isCloser(lat: number, lng: number, metres: number): boolean {
    const { parts, packed } = this;
    const count = packed[this.start + 1]!;
    let at = this.start + 2;
    const perLngOfLat = Math.cos((lat * Math.PI) / 180);
    for (let n = 0; n < count; n += 1) {
      const { edges, middle } = parts[packed[at]!]!;
      const end = at + 4 + packed[at + 2]!;
      const x = near(middle, lng);
      for (let i = at + 4; i < end; i += 1)
        if (edgeIsCloser(edges, 4 * packed[i]!, x, lat, perLngOfLat, metres)) return true;
      at = end + packed[at + 3]!;
    }
    return false;
  }

  /** Appends a cell to packed ones. */
  static pack(packed: number[], isContained: boolean, parts: readonly CellPart[]): void {
    packed.push(Number(isContained), parts.length);
    for (const { part, close, ahead, isOdd } of parts)
      packed.push(part, Number(isOdd), close.length, ahead.length, ...close, ...ahead);
  }
}

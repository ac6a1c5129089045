import { METRES_PER_DEGREE } from '#geo';
import { type Border, partContains } from './border.js';
import { CellBorder, type CellPart } from './cell-border.js';
import { columnOf, rowOf, STEPS } from './grid.js';

/** Distance from the border of every position in a full cell, and in a cell that is not listed, metres at least. */
export const SAFE_M = 30;
/** Maximum number of cells in the bounding boxes of a zone: a larger zone has larger cells. */
const MAX_CELLS = 4_096;
/** Maximum size of the packed border cells of a zone. */
const MAX_PACKED = 60_000;
/** Width from which a zone is tested everywhere, degrees: its cells at both ends could be the same. */
const MAX_WIDTH_DEGREES = 170;
/** Latitude from which a zone is tested everywhere: a degree of longitude is too short there. */
const MAX_LATITUDE = 89.95;
/** Largest index that fits into a packed cell. */
const MAX_EDGES = 0xffff;
/** More than a position that was assigned to the wrong side of a cell's edge by rounding is away from it, degrees. */
const ROUNDING = 1e-9;
const MARGIN = (1.001 * SAFE_M) / METRES_PER_DEGREE;

type Cell = { row: number; column: number };

/** Cells of a zone, all of one level of the grid. */
export type ZoneCells = {
  /** height and width of a cell, degrees */
  step: number;
  /** cells that lie inside */
  full: Cell[];
  /** cells that are closer to the border than {@link SAFE_M}: a position must be tested exactly, with a few edges */
  border: Array<Cell & { border: CellBorder }>;
};

type Part = Border['parts'][number];
type Found = Cell & { isContained: boolean; parts: CellPart[] };

/**
 * Returns the cells of a zone, or null for one that must be tested everywhere: around a pole, wider than 170 degrees, or with
 * a border that is too long for its extent.
 *
 * Edges are straight in degrees and so are cells, so it is exact which cells an edge comes close to.
 */
export function cellsOf(border: Border): ZoneCells | null {
  if (border.parts.some(isEverywhere)) return null;
  for (const step of STEPS) {
    if (sizeOf(border, step) > MAX_CELLS) continue;
    const found = new Map<number, Found>();
    for (const [i, part] of border.parts.entries()) addPart(found, part, i, step);
    const cells = packed(border, step, found.values());
    if (cells !== null) return cells;
  }
  return null;
}

const isEverywhere = ({ bbox, edges, borderEdges }: Part): boolean =>
  bbox.east - bbox.west >= MAX_WIDTH_DEGREES ||
  Math.max(-bbox.south, bbox.north) > MAX_LATITUDE ||
  edges.length > 4 * borderEdges ||
  borderEdges > MAX_EDGES;

/** Number of cells in the bounding boxes of the polygons. */
function sizeOf({ parts }: Border, step: number): number {
  let cells = 0;
  for (const { bbox } of parts)
    cells += ((bbox.east - bbox.west) / step + 1) * ((bbox.north - bbox.south) / step + 1);
  return cells;
}

/** Adds the cells that are inside one polygon or close to its border. */
function addPart(found: Map<number, Found>, part: Part, index: number, step: number): void {
  const { bbox } = part;
  // No position beyond is close to the border.
  const farthest = Math.max(-bbox.south, bbox.north) + MARGIN;
  for (let row = rowOf(bbox.south - MARGIN, step); row <= rowOf(bbox.north + MARGIN, step); row += 1) {
    const south = row * step - 90;
    const north = south + step;
    const highest = Math.min(Math.max(Math.abs(south), Math.abs(north)), farthest);
    const close = closeEdges(part, south, north, MARGIN / Math.cos((highest * Math.PI) / 180), step);
    if (close.size === 0) continue;
    const columns = [...close.keys()];
    const [first, last] = [Math.min(...columns), Math.max(...columns)];
    const inRow = edgesBetween(part, south - ROUNDING, north + ROUNDING);
    let isInside: boolean | null = null;
    for (let x = first; x <= last; x += 1) {
      const west = x * step - 180;
      const edges = close.get(x);
      if (edges !== undefined) {
        const rest = aheadOf(part, inRow, south, north, west, west + step);
        cellAt(found, row, west, step).parts.push({ part: index, close: edges, ...rest });
        isInside = null;
      } else {
        // The same for all cells up to the next one at the border.
        isInside ??= partContains(part, south + step / 2, west + step / 2);
        if (isInside) cellAt(found, row, west, step).isContained = true;
      }
    }
  }
}

function cellAt(found: Map<number, Found>, row: number, west: number, step: number): Found {
  const column = columnOf(west + step / 2, step);
  const key = row * (360 / step) + column;
  let cell = found.get(key);
  if (cell === undefined) {
    cell = { row, column, isContained: false, parts: [] };
    found.set(key, cell);
  }
  return cell;
}

/** Returns the edges that come close to the cells of a row, by the number of the cell to the east of -180 degrees. */
function closeEdges(
  { edges, borderEdges }: Part,
  south: number,
  north: number,
  margin: number,
  step: number,
) {
  const byCell = new Map<number, number[]>();
  const [low, high] = [south - MARGIN, north + MARGIN];
  for (let edge = 0; edge < borderEdges; edge += 1) {
    const i = 4 * edge;
    const [ax, ay, bx, by] = [edges[i]!, edges[i + 1]!, edges[i + 2]!, edges[i + 3]!];
    if (Math.max(ay, by) < low || Math.min(ay, by) > high) continue;
    const xAt = (y: number) => (ay === by ? ax : ax + ((y - ay) / (by - ay)) * (bx - ax));
    const clipped = (x: number, y: number) => (y < low ? xAt(low) : y > high ? xAt(high) : x);
    const [from, to] = [clipped(ax, ay), clipped(bx, by)];
    const first = Math.floor((Math.min(from, to) - margin + 180) / step);
    const last = Math.floor((Math.max(from, to) + margin + 180) / step);
    for (let x = first; x <= last; x += 1) {
      const known = byCell.get(x);
      if (known === undefined) byCell.set(x, [edge]);
      else known.push(edge);
    }
  }
  return byCell;
}

/** Returns the edges that have a part between two latitudes. */
function edgesBetween({ edges, borderEdges }: Part, south: number, north: number): number[] {
  const found: number[] = [];
  for (let edge = 0; edge < borderEdges; edge += 1) {
    const [a, b] = [edges[4 * edge + 1]!, edges[4 * edge + 3]!];
    if (Math.max(a, b) >= south && Math.min(a, b) <= north) found.push(edge);
  }
  return found;
}

/** Returns which edges of a row a ray to the east may cross, and of how many more it always crosses an odd number. */
function aheadOf({ edges }: Part, inRow: number[], south: number, north: number, west: number, east: number) {
  const ahead: number[] = [];
  let isOdd = false;
  for (const edge of inRow) {
    const i = 4 * edge;
    const [ax, ay, bx, by] = [edges[i]!, edges[i + 1]!, edges[i + 2]!, edges[i + 3]!];
    if (Math.max(ax, bx) < west - ROUNDING) continue;
    const isBeyond = Math.min(ax, bx) > east + ROUNDING;
    if (isBeyond && Math.min(ay, by) < south - ROUNDING && Math.max(ay, by) > north + ROUNDING)
      isOdd = !isOdd;
    else ahead.push(edge);
  }
  return { ahead, isOdd };
}

/** Returns the cells of a zone; null if there are too many edges in them. */
function packed(border: Border, step: number, found: Iterable<Found>): ZoneCells | null {
  const full: Cell[] = [];
  const starts: Array<Cell & { start: number }> = [];
  const numbers: number[] = [];
  for (const { row, column, isContained, parts } of found) {
    if (parts.length === 0) full.push({ row, column });
    else {
      starts.push({ row, column, start: numbers.length });
      CellBorder.pack(numbers, isContained, parts);
      if (numbers.length > MAX_PACKED) return null;
    }
  }
  const array = Uint16Array.from(numbers);
  const cells = starts.map(({ row, column, start }) => ({
    row,
    column,
    border: new CellBorder(border.parts, array, start),
  }));
  return { step, full, border: cells };
}

import { orient2d } from 'robust-predicates';
import type { LngLat } from '#protocol';

type Edge = { a: LngLat; b: LngLat; ring: number; index: number; west: number; east: number };

/**
 * Finds a place where the outline of a polygon crosses or touches itself: two edges that are not neighbours have a point in
 * common, or two neighbours lie on each other. The test is exact.
 * @param rings of one polygon, unwrapped
 * @returns the beginning of one of the two edges, or null
 */
export function findSelfContact(rings: readonly LngLat[][]): LngLat | null {
  const edges = rings.flatMap(edgesOf).sort((one, other) => one.west - other.west);
  // Sorted by the west end: from the first edge that begins east of this one on, none can meet it.
  for (const [i, edge] of edges.entries())
    for (let j = i + 1; j < edges.length && edges[j]!.west <= edge.east; j += 1)
      if (inContact(edge, edges[j]!, rings)) return edge.a;
  return null;
}

function edgesOf(ring: LngLat[], number: number): Edge[] {
  return ring.map((a, index) => {
    const b = ring[(index + 1) % ring.length]!;
    return { a, b, ring: number, index, west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]) };
  });
}

function inContact(one: Edge, other: Edge, rings: readonly LngLat[][]): boolean {
  if (one.ring === other.ring) {
    const { length } = rings[one.ring]!;
    if ((one.index + 1) % length === other.index) return foldsBack(one.a, one.b, other.b);
    if ((other.index + 1) % length === one.index) return foldsBack(other.a, other.b, one.b);
  }
  return meet(one.a, one.b, other.a, other.b);
}

const orientation = (a: LngLat, b: LngLat, c: LngLat): number =>
  Math.sign(orient2d(a[0], a[1], b[0], b[1], c[0], c[1]));

/** Whether the way from a to b and on to c goes back on itself. */
function foldsBack(a: LngLat, b: LngLat, c: LngLat): boolean {
  if (orientation(a, b, c) !== 0) return false;
  return (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]) > 0;
}

/** Whether two segments have a point in common. */
function meet(a: LngLat, b: LngLat, c: LngLat, d: LngLat): boolean {
  if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1]))
    return false;
  const [abc, abd] = [orientation(a, b, c), orientation(a, b, d)];
  const [cda, cdb] = [orientation(c, d, a), orientation(c, d, b)];
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return (
    (abc === 0 && between(a, b, c)) ||
    (abd === 0 && between(a, b, d)) ||
    (cda === 0 && between(c, d, a)) ||
    (cdb === 0 && between(c, d, b))
  );
}

/** Whether a point on the line through a and b lies between them. */
const between = (a: LngLat, b: LngLat, point: LngLat): boolean =>
  point[0] >= Math.min(a[0], b[0]) &&
  point[0] <= Math.max(a[0], b[0]) &&
  point[1] >= Math.min(a[1], b[1]) &&
  point[1] <= Math.max(a[1], b[1]);

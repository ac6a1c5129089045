import { bearing, METRES_PER_DEGREE, type Point, wrapLng } from '#geo';
import type { ZonePolygon, ZoneRing } from '#protocol';

type Bbox = { west: number; south: number; east: number; north: number };

/** Corner of a ring whose longitudes do not jump at the antimeridian. */
type Corner = readonly [lng: number, lat: number];

/** Polygon for fast tests. Edges are straight in degrees, as in RFC 7946, section 3.1.1. */
type Part = {
  /** four numbers for each edge: lng and lat of both ends; those along a pole are last */
  edges: Float64Array;
  /** number of edges that are part of the border; the others only close a ring around a pole */
  borderEdges: number;
  bbox: Bbox;
  /** longitude in the middle: a point is compared at its longitude nearest to this */
  middle: number;
};

/** Border of a zone: exact tests of a position, each linear in the number of vertices. */
export class Border {
  readonly parts: readonly Part[];

  constructor(polygons: readonly ZonePolygon[]) {
    this.parts = polygons.map(partOf);
  }

  /** Whether the zone contains a position, by the even-odd rule in each polygon. */
  contains(lat: number, lng: number): boolean {
    for (const part of this.parts) if (partContains(part, lat, lng)) return true;
    return false;
  }

  /** Distance to the border, metres: positive inside, negative outside. */
  signedDistanceM(lat: number, lng: number): number {
    const distanceM = this.distanceM(lat, lng);
    return this.contains(lat, lng) ? distanceM : -distanceM;
  }

  /** Distance to the border, metres. Exact where it is much shorter than the earth's radius. */
  distanceM(lat: number, lng: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    for (const part of this.parts) nearest = Math.min(nearest, squaredDistance(part, lat, lng));
    return Math.sqrt(nearest);
  }

  /** Whether the border is closer to a position than a distance in metres. Faster than {@link distanceM}: most edges are far. */
  isCloser(lat: number, lng: number, metres: number): boolean {
    for (const part of this.parts) if (partIsCloser(part, lat, lng, metres)) return true;
    return false;
  }

  /** Returns the position on the border that is nearest to a point. */
  nearest({ lat, lng }: Point): Point {
    let best = { squared: Number.POSITIVE_INFINITY, lat, lng };
    for (const { edges, borderEdges, middle } of this.parts) {
      const x = near(middle, lng);
      const scale = Math.cos((lat * Math.PI) / 180);
      for (let i = 0; i < 4 * borderEdges; i += 4) {
        const [ax, ay, bx, by] = [edges[i]!, edges[i + 1]!, edges[i + 2]!, edges[i + 3]!];
        const share = shareAlong((ax - x) * scale, ay - lat, (bx - x) * scale, by - lat);
        const at = { lng: ax + share * (bx - ax), lat: ay + share * (by - ay) };
        const squared = ((at.lng - x) * scale) ** 2 + (at.lat - lat) ** 2;
        if (squared < best.squared) best = { squared, lat: at.lat, lng: wrapLng(at.lng) };
      }
    }
    return { lat: best.lat, lng: best.lng };
  }

  /** Returns about `count` positions, in the middle of edges and of parts of long ones. */
  sampled(count: number): OnBorder[] {
    const found: OnBorder[] = [];
    const length = this.parts.reduce((sum, part) => sum + lengthOf(part), 0);
    for (const { edges, borderEdges } of this.parts)
      for (let i = 0; i < 4 * borderEdges; i += 4) {
        const a = { lng: edges[i]!, lat: edges[i + 1]! };
        const b = { lng: edges[i + 2]!, lat: edges[i + 3]! };
        const pieces = Math.ceil((count * Math.hypot(b.lng - a.lng, b.lat - a.lat)) / length);
        for (let piece = 0; piece < pieces; piece += 1) {
          const share = (piece + 0.5) / pieces;
          const at = { lat: a.lat + share * (b.lat - a.lat), lng: wrapLng(a.lng + share * (b.lng - a.lng)) };
          found.push({ at, heading: bearing(a, b) });
        }
      }
    return found;
  }
}

/** Position on an edge and the direction of the edge there, degrees clockwise from true north. */
type OnBorder = { at: Point; heading: number };

/** Whether a polygon contains a position, by the even-odd rule. */
export function partContains({ edges, bbox, middle }: Part, lat: number, lng: number): boolean {
  if (lat < bbox.south || lat > bbox.north) return false;
  const x = near(middle, lng);
  if (x < bbox.west || x > bbox.east) return false;
  let inside = false;
  for (let i = 0; i < edges.length; i += 4) if (rayCrosses(edges, i, x, lat)) inside = !inside;
  return inside;
}

/** Whether a ray from a position to the east crosses an edge. @param i of its first number */
export function rayCrosses(edges: Float64Array, i: number, x: number, lat: number): boolean {
  const ay = edges[i + 1]!;
  const by = edges[i + 3]!;
  if (ay > lat === by > lat) return false;
  const ax = edges[i]!;
  return x < ax + ((lat - ay) / (by - ay)) * (edges[i + 2]! - ax);
}

/** Length of the border, degrees. */
function lengthOf({ edges, borderEdges }: Part): number {
  let length = 0;
  for (let i = 0; i < 4 * borderEdges; i += 4)
    length += Math.hypot(edges[i + 2]! - edges[i]!, edges[i + 3]! - edges[i + 1]!);
  return length;
}

/** Square of the distance to the border, m². */
function squaredDistance({ edges, borderEdges, middle }: Part, lat: number, lng: number): number {
  const x = near(middle, lng);
  const perLat = METRES_PER_DEGREE;
  const perLng = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4 * borderEdges; i += 4) {
    const ax = (edges[i]! - x) * perLng;
    const ay = (edges[i + 1]! - lat) * perLat;
    const bx = (edges[i + 2]! - x) * perLng;
    const by = (edges[i + 3]! - lat) * perLat;
    const share = shareAlong(ax, ay, bx, by);
    const dx = ax + share * (bx - ax);
    const dy = ay + share * (by - ay);
    const squared = dx * dx + dy * dy;
    if (squared < nearest) nearest = squared;
  }
  return nearest;
}

function partIsCloser({ edges, bbox, borderEdges, middle }: Part, lat: number, lng: number, metres: number) {
  const scale = Math.cos((lat * Math.PI) / 180);
  const far = metres / METRES_PER_DEGREE;
  if (lat < bbox.south - far || lat > bbox.north + far) return false;
  const x = near(middle, lng);
  if (x < bbox.west - far / scale || x > bbox.east + far / scale) return false;
  for (let i = 0; i < 4 * borderEdges; i += 4) if (edgeIsCloser(edges, i, x, lat, scale, metres)) return true;
  return false;
}

/**
 * Whether an edge is closer to a position than a distance.
 * @param i of its first number
 * @param scale length of a degree of longitude at the position, in degrees of latitude
 */
export function edgeIsCloser(
  edges: Float64Array,
  i: number,
  x: number,
  lat: number,
  scale: number,
  metres: number,
): boolean {
  const far = metres / METRES_PER_DEGREE;
  const ay = edges[i + 1]! - lat;
  const by = edges[i + 3]! - lat;
  if ((ay < -far && by < -far) || (ay > far && by > far)) return false;
  const ax = (edges[i]! - x) * scale;
  const bx = (edges[i + 2]! - x) * scale;
  if ((ax < -far && bx < -far) || (ax > far && bx > far)) return false;
  const share = shareAlong(ax, ay, bx, by);
  const dx = ax + share * (bx - ax);
  const dy = ay + share * (by - ay);
  return dx * dx + dy * dy < far * far;
}

/** Share of the way from a to b that is nearest to the origin, [0, 1]. */
function shareAlong(ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy;
  if (squared === 0) return 0;
  const share = -(ax * dx + ay * dy) / squared;
  return share < 0 ? 0 : share > 1 ? 1 : share;
}

/** Returns a longitude within 180 degrees of the middle of a polygon. */
export const near = (middle: number, lng: number): number => {
  const away = lng - middle;
  return away >= -180 && away < 180 ? lng : middle + wrapLng(away);
};

function partOf([outer, ...holes]: ZonePolygon): Part {
  const edges: number[] = [];
  const closing: number[] = [];
  const ring = unwrapped(outer!);
  addEdges(ring, edges, closing);
  const lngs = edges.concat(closing).filter((_, i) => i % 2 === 0);
  const lats = edges.concat(closing).filter((_, i) => i % 2 === 1);
  const bbox = {
    west: Math.min(...lngs),
    south: Math.min(...lats),
    east: Math.max(...lngs),
    north: Math.max(...lats),
  };
  const middle = (bbox.west + bbox.east) / 2;
  for (const hole of holes) {
    const corners = unwrapped(hole);
    const shift = near(middle, corners[0]![0]) - corners[0]![0];
    addEdges(
      corners.map(([lng, lat]) => [lng + shift, lat]),
      edges,
      closing,
    );
  }
  return {
    edges: Float64Array.from([...edges, ...closing]),
    borderEdges: edges.length / 4,
    bbox,
    middle,
  };
}

/** Returns a ring with each longitude within 180 degrees of the one before, because neighbours are connected the short way. */
function unwrapped(ring: ZoneRing): Corner[] {
  let lng = ring[0]![0];
  return ring.map(([next, lat]) => {
    lng += wrapLng(next - lng);
    return [lng, lat];
  });
}

/** Adds the edges of a ring. One that goes around a pole is closed along it, with edges that are not part of the border. */
function addEdges(ring: Corner[], edges: number[], closing: number[]): void {
  for (const [i, [lng, lat]] of ring.entries()) {
    const isLast = i === ring.length - 1;
    const [nextLng, nextLat] = ring[isLast ? 0 : i + 1]!;
    const to = isLast ? lng + wrapLng(nextLng - lng) : nextLng;
    edges.push(lng, lat, to, nextLat);
    const turned = to - nextLng;
    if (!isLast || Math.abs(turned) < 180) continue;
    // Beyond the pole, so that the pole itself is inside.
    const pole = ring.reduce((sum, [, y]) => sum + y, 0) > 0 ? 91 : -91;
    closing.push(to, nextLat, to, pole, to, pole, nextLng, pole, nextLng, pole, nextLng, nextLat);
  }
}

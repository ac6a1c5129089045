import { cellToBoundary, gridDisk, latLngToCell } from 'h3-js';
import { EARTH_RADIUS_M, type Point } from './distance.js';

/** Maximum error, in metres, of measuring along chords instead of arcs for the radii that the service uses. */
const slackM = (radiusM: number): number => 5 + radiusM / 1_000;
const MAX_CACHED = 20_000;

/**
 * Returns every cell of one resolution that a circle touches, the cell with the centre first. Exact everywhere, also at
 * pentagons, poles and the antimeridian: the cells that touch a circle are connected, so the search goes from neighbour to
 * neighbour.
 */
export function coverCircle(center: Point, radiusM: number, resolution: number): string[] {
  const home = latLngToCell(center.lat, center.lng, resolution);
  const at = unitVector(center);
  const reach = (radiusM + slackM(radiusM)) / EARTH_RADIUS_M;
  const cells = [home];
  if (distanceToEdges(home, at) > reach) return cells;
  const seen = new Set(cells);
  for (let i = 0; i < cells.length; i += 1) {
    for (const cell of neighbours(cells[i]!)) {
      if (seen.has(cell)) continue;
      seen.add(cell);
      if (distanceToEdges(cell, at) <= reach) cells.push(cell);
    }
  }
  return cells;
}

type Vector = readonly [x: number, y: number, z: number];

function unitVector({ lat, lng }: Point): Vector {
  const phi = (lat * Math.PI) / 180;
  const lambda = (lng * Math.PI) / 180;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

const corners = cached((cell) => cellToBoundary(cell).map(([lat, lng]) => unitVector({ lat, lng })));
const neighbours = cached((cell) => gridDisk(cell, 1).filter((other) => other !== cell));

/** Returns the distance from a point to the border of a cell, in earth radii. */
function distanceToEdges(cell: string, point: Vector): number {
  const ring = corners(cell);
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ring.length; i += 1)
    nearest = Math.min(nearest, distanceToSegment(point, ring[i]!, ring[(i + 1) % ring.length]!));
  return nearest;
}

function distanceToSegment([px, py, pz]: Vector, [ax, ay, az]: Vector, [bx, by, bz]: Vector): number {
  const dx = bx - ax;
  const dy = by - ay;
  const dz = bz - az;
  const along = ((px - ax) * dx + (py - ay) * dy + (pz - az) * dz) / (dx * dx + dy * dy + dz * dz);
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(ax + t * dx - px, ay + t * dy - py, az + t * dz - pz);
}

/** Caches a function of a cell: computing it costs more than the rest of a query. */
function cached<T>(compute: (cell: string) => T): (cell: string) => T {
  const known = new Map<string, T>();
  return (cell) => {
    let value = known.get(cell);
    if (value === undefined) {
      if (known.size >= MAX_CACHED) known.clear();
      value = compute(cell);
      known.set(cell, value);
    }
    return value;
  };
}

import type { Plane, Position } from './plane.js';

/** A line without the part before the point that is nearest to a position, and the distance between the two, m. */
export type Cut = { rest: Position[]; awayM: number };

/** Cuts a line where it is nearest to a position. */
export function cutAt(plane: Plane, line: readonly Position[], position: Position): Cut {
  const { x, y } = plane.from(position);
  const points = line.map((point) => plane.from(point));
  let best: Cut = { rest: [...line], awayM: Number.POSITIVE_INFINITY };
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const share = Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    const at = { x: a.x + share * dx, y: a.y + share * dy };
    const awayM = Math.hypot(at.x - x, at.y - y);
    // The first of several equal ones: a route that comes back to a street has most of its way before it.
    if (awayM < best.awayM - 0.5) best = { rest: [plane.position(at), ...line.slice(i)], awayM };
  }
  return best;
}

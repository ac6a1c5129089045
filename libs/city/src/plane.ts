import type { Uv } from './frame.js';

export const between = (a: Uv, b: Uv, t: number): Uv => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

export const apart = (a: Uv, b: Uv): number => Math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2);

/** Returns where the lines through a, b and c, d cross, as fractions of both segments; undefined when nearly parallel. */
export function crossing(a: Uv, b: Uv, c: Uv, d: Uv): [t: number, s: number] | undefined {
  const rx = b[0] - a[0];
  const ry = b[1] - a[1];
  const qx = d[0] - c[0];
  const qy = d[1] - c[1];
  const cross = rx * qy - ry * qx;
  // Below 3 degrees, two roads run side by side, and a crossing would be far from both.
  if (cross * cross < 0.0025 * (rx * rx + ry * ry) * (qx * qx + qy * qy)) return undefined;
  const dx = c[0] - a[0];
  const dy = c[1] - a[1];
  return [(dx * qy - dy * qx) / cross, (dx * ry - dy * rx) / cross];
}

/** Whether p is inside the ring, by the even-odd rule. */
export function inside(p: Uv, ring: readonly Uv[]): boolean {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i]!;
    const b = ring[j]!;
    if (a[1] > p[1] !== b[1] > p[1] && p[0] < ((b[0] - a[0]) * (p[1] - a[1])) / (b[1] - a[1]) + a[0])
      odd = !odd;
  }
  return odd;
}

/** Returns the parts of a line inside a ring. */
export function clip(line: readonly Uv[], ring: readonly Uv[]): Uv[][] {
  const parts: Uv[][] = [];
  let part: Uv[] = [];
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const cuts = [0, ...shoreCuts(a, b, ring), 1];
    for (let k = 1; k < cuts.length; k++) {
      if (inside(between(a, b, (cuts[k - 1]! + cuts[k]!) / 2), ring)) {
        if (part.length === 0) part.push(between(a, b, cuts[k - 1]!));
        part.push(between(a, b, cuts[k]!));
      } else if (part.length > 0) {
        parts.push(part);
        part = [];
      }
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

function shoreCuts(a: Uv, b: Uv, ring: readonly Uv[]): number[] {
  const cuts: number[] = [];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const c = ring[j]!;
    const d = ring[i]!;
    if (Math.max(c[0], d[0]) < Math.min(a[0], b[0]) || Math.min(c[0], d[0]) > Math.max(a[0], b[0])) continue;
    const hit = crossing(a, b, c, d);
    if (hit && hit[0] > 0 && hit[0] < 1 && hit[1] >= 0 && hit[1] < 1) cuts.push(hit[0]);
  }
  return cuts.sort((p, q) => p - q);
}

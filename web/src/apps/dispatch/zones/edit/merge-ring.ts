import type { LngLat, ZoneRing } from '#sdk';

const same = (a: LngLat | undefined, b: LngLat | undefined): boolean =>
  a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];

/** Whether two rings have the same vertices. */
export const sameRing = (a: ZoneRing, b: ZoneRing): boolean =>
  a.length === b.length && a.every((vertex, i) => same(vertex, b[i]));

/**
 * Returns a ring with what a drag changed, applied to what others made of the ring meanwhile.
 * @param base ring when the drag began
 * @param mine ring when it ended
 * @param theirs ring now
 */
export function mergeRing(base: ZoneRing, mine: ZoneRing, theirs: ZoneRing): ZoneRing {
  if (sameRing(base, theirs)) return mine;
  let start = 0;
  while (start < Math.min(base.length, mine.length) && same(base[start], mine[start])) start += 1;
  let end = 0;
  const rest = Math.min(base.length, mine.length) - start;
  while (end < rest && same(base.at(-1 - end), mine.at(-1 - end))) end += 1;
  const gone = base.slice(start, base.length - end);
  const added = mine.slice(start, mine.length - end);
  const merged = theirs.slice();
  /** Returns where a vertex of the ring before is now: one that others moved too is at its old place, if none was added. */
  const find = (index: number): number => {
    const at = merged.findIndex((vertex) => same(vertex, base[index]));
    if (at >= 0) return at;
    return theirs.length === base.length && merged.length === theirs.length ? index : -1;
  };
  let last = find(start - 1 < 0 ? base.length - 1 : start - 1);
  gone.forEach((_, i) => {
    const at = find(start + i);
    const next = added[i];
    if (next !== undefined && at >= 0) merged[at] = next;
    else if (next !== undefined) merged.splice(last + 1, 0, next);
    else if (at >= 0 && merged.length > 3) merged.splice(at, 1);
    if (next !== undefined) last = at >= 0 ? at : last + 1;
  });
  merged.splice(last + 1, 0, ...added.slice(gone.length));
  return merged;
}

/** Returns a ring that was moved as a whole by the way from one position to another. */
export const movedRing = (ring: ZoneRing, from: LngLat, to: LngLat): ZoneRing =>
  ring.map(([lng, lat]): LngLat => [lng + to[0] - from[0], lat + to[1] - from[1]]);

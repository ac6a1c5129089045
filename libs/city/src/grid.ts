import { HEIGHTS_ANCHORS } from './heights.js';
import type { RoadSpec, Way } from './spec.js';
import { ODD_WAYS, STREET_EAST, STREET_U, STREET_WEST, SUPERBLOCKS, WIDE_STREETS } from './street-table.js';

const LAST_MEASURED = STREET_U.length;
const LAST = HEIGHTS_ANCHORS.at(-1)![0];
/** Numbered streets stop at Central Park; the roads through it have names of their own. */
const CENTRAL_PARK = { first: 59, last: 109, west: -690 };
/** What a cut leaves over is not a street. */
const SHORTEST_M = 40;

/** Fifth Avenue, where West becomes East: it leans a little against the grid. */
const fifthV = (u: number) => 190 + ((u + 3280) * (160 - 190)) / (7575 + 3280);

/** All numbered streets, cut at Fifth Avenue and at the blocks that swallowed them. */
export function numberedStreets(): RoadSpec[] {
  return Array.from({ length: LAST }, (_, i) => i + 1).flatMap(street);
}

function street(n: number): RoadSpec[] {
  const [u, west, east] = extent(n);
  const kind = WIDE_STREETS.has(n) || n === 181 ? 'major' : 'street';
  const way: Way = kind === 'major' ? 0 : (ODD_WAYS.get(n) ?? (n % 2 === 0 ? 1 : -1));
  const fifth = fifthV(u);
  return spans(n, west, east, fifth)
    .flatMap(([from, to]) => [[from, Math.min(to, fifth)] as const, [Math.max(from, fifth), to] as const])
    .filter(([from, to]) => to - from > SHORTEST_M)
    .map(([from, to]) => [
      `${to <= fifth ? 'West' : 'East'} ${ordinal(n)} Street`,
      kind,
      way,
      [u, from, u, to],
    ]);
}

function extent(n: number): [u: number, west: number, east: number] {
  if (n <= LAST_MEASURED) return [STREET_U[n - 1]!, STREET_WEST[n - 1]!, STREET_EAST[n - 1]!];
  const i = HEIGHTS_ANCHORS.findIndex(([street]) => street >= n);
  const [a, b] = [HEIGHTS_ANCHORS[i - 1]!, HEIGHTS_ANCHORS[i]!];
  const t = (n - a[0]) / (b[0] - a[0]);
  return [a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2]), a[3] + t * (b[3] - a[3])];
}

/** What is left of [west, east] without the closed blocks. */
function spans(n: number, west: number, east: number, fifth: number): Array<[number, number]> {
  const closed = SUPERBLOCKS.filter(([first, last]) => first <= n && n <= last).map(
    ([, , from, to]) => [from, to] as const,
  );
  if (n >= CENTRAL_PARK.first && n <= CENTRAL_PARK.last) closed.push([CENTRAL_PARK.west, fifth]);
  const left: Array<[number, number]> = [];
  let from = west;
  for (const [a, b] of closed.sort((p, q) => p[0] - q[0])) {
    if (a > from) left.push([from, Math.min(a, east)]);
    from = Math.max(from, b);
  }
  if (from < east) left.push([from, east]);
  return left;
}

/** 1st, 2nd, 3rd, 4th, 11th, 111th. */
function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return n + (teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'));
}

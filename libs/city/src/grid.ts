import { pairs, type Uv } from './frame.js';
import { PARKS } from './parks.js';
import { between, clip } from './plane.js';
import type { RoadSpec, Way } from './spec.js';
import { ANCHORS, EAST_ENDS, SUPERBLOCKS, WEST_ENDS, WIDE_STREETS } from './street-table.js';

const FOOT_M = 0.3048;
const LAST = ANCHORS.at(-1)![0];
/** Minimum length of a street that remains after a cut. */
const SHORTEST_M = 40;

/** Returns all numbered streets between the roads where they begin and end, cut at Fifth Avenue, parks and superblocks. */
export function numberedStreets(roads: readonly RoadSpec[]): RoadSpec[] {
  const parks = PARKS.map(([, uv]) => pairs(uv));
  return Array.from({ length: LAST }, (_, i) => i + 1).flatMap((n) => street(n, roads, parks));
}

function street(n: number, roads: readonly RoadSpec[], parks: readonly Uv[][]): RoadSpec[] {
  const u = streetU(n);
  const [west, fifth, east] = [endOf(WEST_ENDS, n), 'Fifth Avenue', endOf(EAST_ENDS, n)].map((name) =>
    roadV(roads, name, u),
  ) as [number, number, number];
  const wide = WIDE_STREETS.has(n);
  const way: Way = wide ? 0 : n % 2 === 0 ? 1 : -1;
  const closed = SUPERBLOCKS.filter(([first, last]) => first <= n && n <= last).map(
    ([, , from, to]) => [from, to] as const,
  );
  const line: Uv[] = [
    [u, west],
    [u, east],
  ];
  for (const part of parks.flatMap((park) => clip(line, park))) closed.push([part[0]![1], part.at(-1)![1]]);
  return spans(west, east, closed)
    .flatMap(([from, to]) => [[from, Math.min(to, fifth)] as const, [Math.max(from, fifth), to] as const])
    .filter(([from, to]) => to - from > SHORTEST_M)
    .map(([from, to]) => [
      `${to <= fifth ? 'West' : 'East'} ${ordinal(n)} Street`,
      wide ? 'major' : 'street',
      way,
      [u, from, u, to],
    ]);
}

/** Returns the position of a street along the avenues: as planned, stretched to fit the anchors. */
function streetU(n: number): number {
  const i = Math.max(
    1,
    ANCHORS.findIndex(([anchor]) => anchor >= n),
  );
  const [[a, from], [b, to]] = [ANCHORS[i - 1]!, ANCHORS[i]!];
  return from + ((plannedM(n) - plannedM(a)) / (plannedM(b) - plannedM(a))) * (to - from);
}

/** Returns the planned distance from 1st Street to the nth: blocks of 200 ft, streets of 60 ft, wide ones of 100 ft. */
function plannedM(n: number): number {
  const half = (street: number) => (WIDE_STREETS.has(street) ? 50 : 30);
  let feet = 0;
  for (let k = 2; k <= n; k++) feet += half(k - 1) + 200 + half(k);
  return feet * FOOT_M;
}

const endOf = (ends: ReadonlyArray<readonly [last: number, road: string]>, n: number) =>
  ends.find(([last]) => n <= last)![1];

/** Returns where a road crosses u, or its nearest end if it does not. */
function roadV(roads: readonly RoadSpec[], name: string, u: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [, , , uv] of roads.filter(([other]) => other === name)) {
    const line = pairs(uv);
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1]!, line[i]!];
      const t = Math.min(1, Math.max(0, (u - a[0]) / (b[0] - a[0])));
      const at = between(a, b, t);
      if (Math.abs(at[0] - u) < least) [best, least] = [at[1], Math.abs(at[0] - u)];
    }
  }
  return best;
}

/** Subtracts the closed parts from [west, east]. */
function spans(
  west: number,
  east: number,
  closed: Array<readonly [number, number]>,
): Array<[number, number]> {
  const left: Array<[number, number]> = [];
  let from = west;
  for (const [a, b] of closed.sort((p, q) => p[0] - q[0])) {
    if (a > from) left.push([from, Math.min(a, east)]);
    from = Math.max(from, b);
  }
  if (from < east) left.push([from, east]);
  return left;
}

/** Returns the ordinal: 1st, 2nd, 3rd, 4th, 11th, 111th. */
function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return n + (teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'));
}

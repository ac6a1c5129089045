import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type City, manhattan, type Node, route } from '#city';
import { DETOUR_FACTOR, distanceM } from '#geo';
import { median } from '../../../test/fixtures/tracks.js';
import { seeded } from './random.js';
import { largestComponent } from './scc.js';

const PAIRS = 400;
const SPANS_M = [
  [500, 1_000],
  [1_000, 2_000],
  [2_000, 4_000],
  [4_000, 6_000],
] as const;

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Returns the ratio of route length to straight line for pairs of these nodes. */
function detours(name: string, nodes: Node[], ends: number[]): number[] {
  const random = seeded(7);
  const end = () => ends[Math.floor(random() * ends.length)]!;
  const found: Array<{ straightM: number; factor: number }> = [];
  while (found.length < PAIRS) {
    const [from, to] = [end(), end()];
    const straightM = distanceM(nodes[from]!, nodes[to]!);
    if (straightM < 500 || straightM > 6_000) continue;
    const way = route({ nodes } as City, from, to);
    const wayM = way.slice(1).reduce((sum, id, i) => sum + distanceM(nodes[way[i]!]!, nodes[id]!), 0);
    found.push({ straightM, factor: wayM / straightM });
  }
  const factors = (from: number, to: number) =>
    found.filter(({ straightM }) => straightM >= from && straightM < to).map(({ factor }) => factor);
  const spans = SPANS_M.map(([from, to]) => `${from} m ${mean(factors(from, to)).toFixed(2)}`);
  const all = factors(500, 6_001);
  console.info(
    `${name}: mean ${mean(all).toFixed(2)}, median ${median(all).toFixed(2)}; from ${spans.join(', ')}`,
  );
  return all;
}

test('the factor fits the streets of the demo city', () => {
  const { nodes } = manhattan();
  const all = detours('demo city', nodes, [...nodes.keys()]);
  expect(Math.abs(mean(all) / DETOUR_FACTOR - 1)).toBeLessThan(0.1);
});

const REAL_ROADS = '../shared/city/manhattan-roads.geojson';
const have = existsSync(REAL_ROADS);
describe(`real roads${have ? '' : ' (data not installed)'}`, () => {
  test.skipIf(!have)('the factor is near theirs, from crossing to crossing', () => {
    const { nodes, crossings } = realStreets();
    const all = detours('real Manhattan', nodes, crossings);
    expect(Math.abs(mean(all) / DETOUR_FACTOR - 1)).toBeLessThan(0.1);
  });
});

type RoadFeature = {
  properties: { fclass: string; oneway: 'B' | 'F' | 'T' };
  geometry: { coordinates: number[][] };
};

/** OpenStreetMap classes for cars with their speed, m/s; passengers get in and out on the last five. */
const SPEED_MPS: Record<string, number> = {
  motorway: 22,
  trunk: 18,
  motorway_link: 13,
  trunk_link: 11,
  primary_link: 8,
  secondary_link: 8,
  tertiary_link: 8,
  primary: 11,
  secondary: 10,
  tertiary: 9,
  residential: 8,
  unclassified: 8,
};
const STREET = /^(primary|secondary|tertiary|residential|unclassified)$/;

/** Builds the graph; roads share the coordinates of their crossings. Keeps only the nodes reachable from everywhere. */
function realStreets(): { nodes: Node[]; crossings: number[] } {
  const { features } = JSON.parse(readFileSync(REAL_ROADS, 'utf8')) as { features: RoadFeature[] };
  const nodes: Node[] = [];
  const ids = new Map<string, number>();
  const roadsAt: number[] = [];
  const onStreet = new Set<number>();
  const idOf = (position: number[]): number => {
    const [lng, lat] = position as [number, number];
    const key = position.join();
    const id = ids.get(key) ?? nodes.push({ lat, lng, edges: [] }) - 1;
    ids.set(key, id);
    roadsAt[id] = (roadsAt[id] ?? 0) + 1;
    return id;
  };
  for (const { properties, geometry } of features) {
    const speedMps = SPEED_MPS[properties.fclass];
    if (speedMps === undefined) continue;
    const line = geometry.coordinates.map(idOf);
    if (STREET.test(properties.fclass)) for (const id of line) onStreet.add(id);
    line.slice(1).forEach((to, i) => {
      const from = line[i]!;
      const edge = { lengthM: distanceM(nodes[from]!, nodes[to]!), speedMps, road: 0 };
      if (properties.oneway !== 'T') nodes[from]!.edges.push({ to, ...edge });
      if (properties.oneway !== 'F') nodes[to]!.edges.push({ to: from, ...edge });
    });
  }
  const crossings = [...largestComponent(nodes)].filter((id) => onStreet.has(id) && roadsAt[id]! > 1);
  return { nodes, crossings };
}

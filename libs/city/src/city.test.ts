import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type City, cityGeoJson, manhattan, nearestNode, route } from '#city';
import { distanceM } from '#geo';

const REAL_ROADS = new URL('../../../../shared/city/manhattan-roads.geojson', import.meta.url);
const city = manhattan();

type Xy = [x: number, y: number];
type Segment = [Xy, Xy];
const xy = ([lng, lat]: readonly number[]): Xy => [(lng! + 73.98) * 84_230, (lat! - 40.758) * 111_195];

function toSegmentM([x, y]: Xy, [[ax, ay], [bx, by]]: Segment): number {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

const segmentsOf = (line: readonly (readonly number[])[]): Segment[] =>
  line.slice(1).map((p, i) => [xy(line[i]!), xy(p)]);

/** Finds the nearest segment with a grid of 100 m; searches up to about 200 m. */
function nearestBy(segments: Segment[]): (p: Xy) => number {
  const grid = new Map<string, Segment[]>();
  for (const s of segments) {
    const n = Math.ceil(Math.hypot(s[1][0] - s[0][0], s[1][1] - s[0][1]) / 50) || 1;
    const keys = new Set<string>();
    for (let i = 0; i <= n; i++) {
      const at = [0, 1].map((k) => Math.floor((s[0][k]! + ((s[1][k]! - s[0][k]!) * i) / n) / 100));
      keys.add(at.join());
    }
    for (const key of keys) grid.set(key, [...(grid.get(key) ?? []), s]);
  }
  return (p) => {
    let least = 200;
    for (let i = -2; i <= 2; i++) {
      for (let j = -2; j <= 2; j++) {
        for (const s of grid.get(`${Math.floor(p[0] / 100) + i},${Math.floor(p[1] / 100) + j}`) ?? []) {
          least = Math.min(least, toSegmentM(p, s));
        }
      }
    }
    return least;
  };
}

function sampled(segments: Segment[], everyM: number): Xy[] {
  return segments.flatMap(([a, b]) => {
    const n = Math.max(1, Math.round(Math.hypot(b[0] - a[0], b[1] - a[1]) / everyM));
    return Array.from(
      { length: n },
      (_, i): Xy => [a[0] + ((b[0] - a[0]) * i) / n, a[1] + ((b[1] - a[1]) * i) / n],
    );
  });
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

function insideRing([x, y]: readonly number[], ring: number[][]): boolean {
  let odd = false;
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring.at(i - 1)!;
    if (ay! > y! !== by! > y! && x! < ((bx! - ax!) * (y! - ay!)) / (by! - ay!) + ax!) odd = !odd;
  });
  return odd;
}

function reached(start: number, next: (id: number) => number[]): number {
  const seen = new Set([start]);
  for (const id of seen) for (const to of next(id)) seen.add(to);
  return seen.size;
}

const streetsAt = ({ nodes, roads }: City, lat: number, lng: number) =>
  new Set(nodes[nearestNode(city, { lat, lng })]!.edges.map((edge) => roads[edge.road]!.name));

describe('the city as a graph', () => {
  it('every node reaches every other', () => {
    const back: number[][] = city.nodes.map(() => []);
    city.nodes.forEach((node, id) => {
      for (const edge of node.edges) back[edge.to]!.push(id);
    });
    expect(reached(0, (id) => city.nodes[id]!.edges.map((edge) => edge.to))).toBe(city.nodes.length);
    expect(reached(0, (id) => back[id]!)).toBe(city.nodes.length);
    expect(city.nodes.length).toBeGreaterThan(2000);
  });

  it('every edge lies on its road', () => {
    for (const node of city.nodes) {
      for (const edge of node.edges) {
        const line = segmentsOf(city.roads[edge.road]!.line);
        const to = city.nodes[edge.to]!;
        for (const end of [node, to]) {
          const gap = Math.min(...line.map((s) => toSegmentM(xy([end.lng, end.lat]), s)));
          expect(gap).toBeLessThan(2);
        }
        expect(edge.lengthM).toBeCloseTo(distanceM(node, to), 6);
      }
    }
  });

  it('at most 1 % of the length of the drawn roads has no edge', () => {
    const along = nearestBy(
      city.nodes.flatMap((n) =>
        n.edges.map(
          (e) =>
            segmentsOf([
              [n.lng, n.lat],
              [city.nodes[e.to]!.lng, city.nodes[e.to]!.lat],
            ])[0]!,
        ),
      ),
    );
    const points = sampled(
      city.roads.flatMap((road) => segmentsOf(road.line)),
      20,
    );
    const undriven = points.filter((p) => along(p) > 2).length;
    expect(undriven / points.length).toBeLessThan(0.01);
  });

  it('routes are not much longer than the straight line', () => {
    for (let i = 0; i < 200; i++) {
      const [from, to] = [(i * 7919) % city.nodes.length, (i * 104_729 + 1) % city.nodes.length];
      const way = route(city, from, to);
      expect([way[0], way.at(-1)]).toEqual([from, to]);
      let lengthM = 0;
      for (let k = 1; k < way.length; k++) {
        const edge = city.nodes[way[k - 1]!]!.edges.find((e) => e.to === way[k]);
        lengthM += edge!.lengthM;
      }
      expect(lengthM).toBeLessThan(2.2 * distanceM(city.nodes[from]!, city.nodes[to]!) + 500);
    }
  });

  it('refuses a node that does not exist', () => {
    expect(() => route(city, 0, -1)).toThrow(RangeError);
  });
});

describe('the city as a map', () => {
  it.each([
    ['Fifth Avenue', 'East 42nd Street', 40.7534, -73.9808],
    ['Seventh Avenue', 'West 34th Street', 40.7506, -73.9906],
    ['Lexington Avenue', 'East 86th Street', 40.7795, -73.9556],
    ['Broadway', 'West 96th Street', 40.7947, -73.9718],
    ['First Avenue', 'East Houston Street', 40.72297, -73.98862],
    ['Malcolm X Boulevard', 'West 125th Street', 40.8079, -73.9454],
  ])('%s meets %s', (avenue, street, lat, lng) => {
    const names = streetsAt(city, lat, lng);
    expect(names).toContain(avenue);
    expect(names).toContain(street);
  });

  it('even streets run east, odd ones west, wide ones both ways', () => {
    const eastOf = (name: string) => {
      const ways = city.nodes.flatMap((node) =>
        node.edges
          .filter((edge) => city.roads[edge.road]!.name === name)
          .map((edge) => city.nodes[edge.to]!.lng > node.lng),
      );
      return [ways.includes(true), ways.includes(false)];
    };
    expect(eastOf('West 46th Street')).toEqual([true, false]);
    expect(eastOf('West 45th Street')).toEqual([false, true]);
    expect(eastOf('East 57th Street')).toEqual([true, true]);
  });

  it('Central Park has no numbered street', () => {
    const park = city.parks.find(({ name }) => name === 'Central Park')!;
    for (const road of city.roads.filter(({ name }) => /\d(th|st|nd|rd) Street$/.test(name))) {
      for (const p of road.line) expect(insideRing(p, park.rings[0]!), road.name).toBe(false);
    }
  });

  it('is GeoJSON with three layers', () => {
    const layers = cityGeoJson(city).features.map((feature) => feature.properties.layer);
    expect(new Set(layers)).toEqual(new Set(['land', 'park', 'road']));
    expect(layers.filter((layer) => layer === 'road')).toHaveLength(city.roads.length);
  });
});

const have = existsSync(REAL_ROADS);
describe(`agreement with the real roads${have ? '' : ' (skipped: ../shared/city/manhattan-roads.geojson is missing)'}`, () => {
  it.skipIf(!have)('lies within 15 m of them, both ways (median)', () => {
    type Real = { properties: { fclass: string }; geometry: { coordinates: number[][] } };
    const real = (JSON.parse(readFileSync(REAL_ROADS, 'utf8')) as { features: Real[] }).features;
    const island = city.land[0]![0]!;
    const streets = real.filter(({ properties }) =>
      /^(primary|secondary|tertiary|residential)$/.test(properties.fclass),
    );
    const drivable = real.filter(
      ({ properties }) => !/footway|steps|cycleway|path|pedestrian|bridleway|track/.test(properties.fclass),
    );
    const ours = city.roads.flatMap((road) => segmentsOf(road.line));
    const toReal = nearestBy(
      drivable.flatMap(({ geometry }) =>
        segmentsOf(geometry.coordinates.filter((p) => insideRing(p, island))),
      ),
    );
    const toOurs = nearestBy(ours);
    const a = median(sampled(ours, 20).map(toReal));
    const vertices = streets
      .flatMap(({ geometry }) => geometry.coordinates)
      .filter((p) => insideRing(p, island));
    const b = median(vertices.map((p) => toOurs(xy(p))));
    console.info(`median distance: ours to real ${a.toFixed(1)} m, real to ours ${b.toFixed(1)} m`);
    expect(a).toBeLessThan(15);
    expect(b).toBeLessThan(15);
  });
});

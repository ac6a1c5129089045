import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { destination, METRES_PER_DEGREE, type Point, wrapLng } from '#geo';
import type { Zone, ZonePolygon } from '#protocol';
import { ringAround, seeded, zoneOf } from '../../../test/fixtures/zones.js';
import { SAFE_M } from './zone-cells.js';
import { ZoneIndex } from './zone-index.js';

const REGION = '832a10fffffffff';
const TRACES = '../shared/traces/';

const indexOf = (polygons: ZonePolygon[][]) =>
  ZoneIndex.of<Zone>(
    polygons.map((each, i) => ({ region: REGION, zone: zoneOf('alert', each, { id: `z-${i}` }) })),
  );

/** Whether a zone contains a point: crossings of a ray to the east, written independently of the product. */
function bruteForce(zones: readonly { zone: Zone }[], { lat, lng }: Point): string[] {
  const inRing = (ring: [number, number][]) => {
    let inside = false;
    const xs = [wrapLng(ring[0]![0] - lng)];
    for (let i = 1; i < ring.length; i += 1) xs.push(xs[i - 1]! + wrapLng(ring[i]![0] - ring[i - 1]![0]));
    ring.forEach(([, ay], i) => {
      const j = (i + 1) % ring.length;
      const by = ring[j]![1];
      const bx = j === 0 ? xs[i]! + wrapLng(ring[0]![0] - ring[i]![0]) : xs[j]!;
      if (ay > lat === by > lat) return;
      const crossing = xs[i]! + ((lat - ay) / (by - ay)) * (bx - xs[i]!);
      // The ring may be one turn away.
      for (const turn of [-360, 0, 360]) if (crossing + turn > 0 && crossing + turn < 180) inside = !inside;
    });
    return inside;
  };
  return zones
    .filter(({ zone }) => zone.polygons.some((rings) => rings.filter(inRing).length % 2 === 1))
    .map(({ zone }) => zone.id);
}

const found = (index: ZoneIndex, at: Point) =>
  index
    .at(at)
    .map(({ zone }) => zone.id)
    .sort();

/** Random zones around a place, every third with a hole, and points near them. */
function scene(centre: Point, seed: number, sizesM: number[]) {
  const random = seeded(seed);
  const perLng = METRES_PER_DEGREE * Math.max(0.02, Math.cos((centre.lat * Math.PI) / 180));
  const around = (spreadM: number): Point => ({
    lat: Math.max(-89.9, Math.min(89.9, centre.lat + ((random() - 0.5) * spreadM) / METRES_PER_DEGREE)),
    lng: wrapLng(centre.lng + ((random() - 0.5) * spreadM) / perLng),
  });
  const zones = Array.from({ length: 40 }, (_, i): ZonePolygon[] => {
    const at = around(20_000);
    const radiusM = sizesM[i % sizesM.length]!;
    const outer = ringAround(at, radiusM, 3 + Math.floor(random() * 60), random);
    return i % 3 === 0 ? [[outer, ringAround(at, radiusM / 3, 8, random).reverse()]] : [[outer]];
  });
  return { index: indexOf(zones), points: Array.from({ length: 1_500 }, () => around(30_000)) };
}

describe.each([
  ['in a city', { lat: 40.75, lng: -73.98 }],
  ['at the antimeridian', { lat: -17.8, lng: 179.97 }],
  ['far in the north', { lat: 78.2, lng: 15.6 }],
  ['at a pentagon of H3', { lat: 64.7, lng: 10.536 }],
  ['at the equator', { lat: 0.01, lng: 0.01 }],
] as const)('zones %s', (_, centre) => {
  test.each([1, 2])('are those that a test of every zone finds, seed %i', (seed) => {
    const { index, points } = scene(centre, seed, [150, 900, 4_000, 15_000]);
    let inside = 0;
    for (const point of points) {
      const expected = bruteForce(index.zones, point).sort();
      expect(found(index, point), JSON.stringify(point)).toEqual(expected);
      inside += expected.length;
    }
    expect(inside).toBeGreaterThan(200);
  });
});

test('a zone around a pole contains it, and a zone around the globe ends where it ends', () => {
  const cap = Array.from({ length: 12 }, (_, i): [number, number] => [wrapLng(i * 30 - 170), 80]);
  const index = indexOf([[[cap]], [[cap.map(([lng, lat]): [number, number] => [lng, -lat])]]]);
  expect(found(index, { lat: 90, lng: 0 })).toEqual(['z-0']);
  expect(found(index, { lat: 81, lng: 179.9 })).toEqual(['z-0']);
  expect(found(index, { lat: 79, lng: 10 })).toEqual([]);
  expect(found(index, { lat: -85, lng: -90 })).toEqual(['z-1']);
});

test('the cells of a position answer like the whole border, however rough it is', () => {
  const centres = [
    { lat: 40.75, lng: -73.98 },
    { lat: -17.8, lng: 179.97 },
    { lat: 84.5, lng: 15.6 },
  ];
  let [atBorder, elsewhere] = [0, 0];
  const wrong: object[] = [];
  for (const centre of centres) {
    const { index, points } = scene(centre, 7, [150, 900, 4_000, 15_000, 60_000]);
    expect(index.zones.filter(({ cells }) => cells === null)).toEqual([]);
    for (const { lat, lng } of points.slice(0, 600)) {
      const candidates = index.candidates(lat, lng);
      for (const zone of index.zones) {
        const { border } = zone;
        const cell = candidates.find((each) => each.full.includes(zone) || each.border.includes(zone));
        const tests = cell?.tests[cell.border.indexOf(zone)];
        if (tests === undefined) elsewhere += 1;
        else atBorder += 1;
        const contains = tests?.contains(lat, lng) ?? cell !== undefined;
        const closer = (metres: number) => tests?.isCloser(lat, lng, metres) ?? false;
        const isRight =
          contains === border.contains(lat, lng) &&
          [5, 15, SAFE_M].every((metres) => closer(metres) === border.isCloser(lat, lng, metres));
        if (!isRight) wrong.push({ lat, lng, zone: zone.zone.id });
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(atBorder).toBeGreaterThan(1_000);
  expect(elsewhere).toBeGreaterThan(10_000);
});

test('a zone of several polygons contains what one of them does, also where they share cells', () => {
  const near = (metres: number) => destination({ lat: 40.75, lng: -73.98 }, 90, metres);
  const polygons: ZonePolygon[] = [
    [ringAround(near(0), 900, 20), ringAround(near(0), 300, 9).reverse()],
    [ringAround(near(0), 120, 12)],
    [ringAround(near(1_000), 400, 7)],
  ];
  const index = indexOf([polygons]);
  const random = seeded(9);
  const inside = Array.from({ length: 4_000 }, () => {
    const at = destination(near(300), 360 * random(), 2_000 * Math.sqrt(random()));
    expect(found(index, at), JSON.stringify(at)).toEqual(bruteForce(index.zones, at));
    return found(index, at).length;
  });
  expect(inside.filter((each) => each === 1).length).toBeGreaterThan(500);
});

test('an index that is built from another one takes over zones whose polygons are the same', async () => {
  const polygons: ZonePolygon[] = [[ringAround({ lat: 40.7, lng: -74 }, 900, 20)]];
  const before = indexOf([polygons]);
  const zones = [
    { region: REGION, zone: zoneOf('surge', structuredClone(polygons), { id: 'renamed' }) as Zone },
    { region: REGION, zone: zoneOf('alert', [[ringAround({ lat: 40.7, lng: -74 }, 800, 20)]]) as Zone },
  ];
  const after = await ZoneIndex.build<Zone>(zones, [REGION], before);
  expect(after.zones[0]!.border).toBe(before.zones[0]!.border);
  expect(after.zones[1]!.border).not.toBe(before.zones[0]!.border);
  expect(found(after, { lat: 40.7, lng: -74 })).toEqual(['alert-1', 'renamed']);
});

test.skipIf(!existsSync(TRACES)).each(['nyc-trips', 'beijing-gps'])(
  'recorded drives of %s are in the zones that a test of every zone finds',
  (name) => {
    const lines = readFileSync(`${TRACES}${name}.ndjson`, 'utf8').trim().split('\n');
    const points = lines.filter((_, i) => i % 8 === 0).map((line) => JSON.parse(line) as Point);
    const random = seeded(5);
    const zones = Array.from({ length: 60 }, (_, i): ZonePolygon[] => {
      const at = points[Math.floor(random() * points.length)]!;
      return [[ringAround(at, [200, 1_000, 5_000][i % 3]!, 40, random)]];
    });
    const index = indexOf(zones);
    for (const point of points)
      expect(found(index, point), JSON.stringify(point)).toEqual(bruteForce(index.zones, point).sort());
  },
);

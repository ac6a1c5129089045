import fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionAt } from '#geo/cells';
import type { LngLat, Zone, ZonePolygon } from '#protocol';
import { Border } from './border.js';
import { problemsOf, problemsOfPolygons, withWinding } from './check.js';
import { difference, inWords } from './difference.js';
import { exportGeoJson } from './geojson-export.js';
import { importGeoJson } from './geojson-import.js';
import { boundsOf, signedArea, unwrapPolygon, unwrapRing } from './ring.js';
import { cellsOf } from './zone-cells.js';

const square = (lng: number, lat: number, size = 1): LngLat[] => [
  [lng, lat],
  [lng + size, lat],
  [lng + size, lat + size],
  [lng, lat + size],
];
const zone = (id: string, more: object = {}): Zone =>
  ({
    id,
    name: `Zone ${id}`,
    kind: 'no_go',
    polygons: [[square(10, 50)]],
    rules: { repeatAfterS: 600 },
    version: 1,
    updatedBy: 'u',
    at: 1,
    ...more,
  }) as Zone;
/** Region of the zones above. */
const REGION = regionAt({ lat: 50.5, lng: 10.5 });
const reasonOf = (...polygons: ZonePolygon[]) => problemsOfPolygons(polygons)[0]?.reason ?? null;
const feature = (ring: number[][], properties: object = { name: 'A', kind: 'no_go' }) => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Polygon', coordinates: [ring] },
});
const closed = (ring: LngLat[]) => [...ring, ring[0]!];
const read = (input: unknown) => importGeoJson(input, { newId: () => 'new' });

test('polygons that cannot be published are found, with the reason', () => {
  expect(reasonOf([square(0, 0)])).toBeNull();
  expect(reasonOf([square(0, 0, 4), square(1, 1).toReversed()])).toBeNull();
  expect(
    reasonOf([
      [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
      ],
    ]),
  ).toBe('crosses or touches itself');
  expect(
    reasonOf([
      [
        [0, 0],
        [2, 0],
        [1, 0],
        [1, 1],
      ],
    ]),
  ).toBe('crosses or touches itself');
  expect(
    reasonOf([
      [
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 0],
        [0, 4],
      ],
    ]),
  ).toBe('crosses or touches itself');
  expect(
    reasonOf([
      [
        [0, 0],
        [1, 1],
      ],
    ]),
  ).toBe('has a ring of fewer than three vertices');
  expect(
    reasonOf([
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    ]),
  ).toBe('crosses or touches itself');
  expect(reasonOf([square(0, 0, 4), square(10, 1)])).toBe('has a hole outside of its outer ring');
  expect(reasonOf([square(0, 0, 9), square(1, 1, 5), square(2, 2)])).toBe('has a hole within a hole');
  expect(
    reasonOf([
      [
        [0, 0],
        [100, 0],
        [-160, 0],
        [-150, 20],
        [90, 10],
      ],
    ]),
  ).toBe('is wider than 179 degrees');
  expect(
    reasonOf([
      [
        [0, 80],
        [90, 80],
        [180, 80],
        [-90, 80],
      ],
    ]),
  ).toBe('has a ring around a pole');
  expect(
    reasonOf([
      [
        [0, 80],
        [10, 90],
        [20, 80],
      ],
    ]),
  ).toBe('comes too close to a pole');
  expect(reasonOf([Array.from({ length: 1_001 }, (_, i): LngLat => [i / 100, (i % 2) / 10])])).toMatch(
    /1001 vertices/,
  );
  expect(reasonOf()).toBe('has no polygon');
});

test('a polygon over the antimeridian is as valid as anywhere else', () => {
  const there: LngLat[] = [
    [179.5, 0],
    [-179.5, 0],
    [-179.5, 1],
    [179.5, 1],
  ];
  expect(reasonOf([there])).toBeNull();
  expect(boundsOf({ polygons: [[there]] })).toEqual([179.5, 0, 180.5, 1]);
  expect(
    reasonOf([
      [
        [179.5, 0],
        [-179.5, 1],
        [-179.5, 0],
        [179.5, 1],
      ],
    ]),
  ).toBe('crosses or touches itself');
});

const star = fc
  .record({
    lng: fc.integer({ min: -180, max: 180 }),
    lat: fc.integer({ min: -60, max: 60 }),
    radii: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 40 }),
  })
  .map(({ lng, lat, radii }) =>
    radii.map((radius, i): LngLat => {
      const angle = (2 * Math.PI * i) / radii.length;
      const x = lng + (radius / 100) * Math.cos(angle);
      return [((x + 540) % 360) - 180, lat + (radius / 100) * Math.sin(angle)];
    }),
  );

test('a star-shaped ring has no contact with itself, and has one once two far vertices are swapped', () => {
  fc.assert(
    fc.property(star, (ring) => {
      if (ring.length === 3 || new Set(ring.map(String)).size < ring.length) return;
      expect(reasonOf([ring])).toBeNull();
      const swapped = ring.slice();
      [swapped[0], swapped[1]] = [swapped[1]!, swapped[0]!];
      const isConvexThere = ring.length === 4;
      if (isConvexThere) expect(reasonOf([swapped])).not.toBeNull();
    }),
  );
});

test('the border is closer than a distance exactly where its distance is shorter', () => {
  const metres = fc.double({ min: 0, max: 200_000, noNaN: true });
  const away = fc.double({ min: -1.5, max: 1.5, noNaN: true });
  fc.assert(
    fc.property(star, away, away, metres, (ring, dLng, dLat, within) => {
      const border = new Border([[ring]]);
      const [lng, lat] = ring[0]!;
      const at = [lat + dLat, ((lng + dLng + 540) % 360) - 180] as const;
      const distanceM = border.distanceM(...at);
      if (Math.abs(distanceM - within) < 1e-6) return;
      expect(border.isCloser(...at, within)).toBe(distanceM < within);
    }),
    { numRuns: 1_000 },
  );
});

test('winding is corrected and counted', () => {
  const turned = withWinding([[square(0, 0, 4).toReversed(), square(1, 1)]]);
  expect(turned.turned).toBe(2);
  expect(turned.polygons[0]!.map((ring) => Math.sign(signedArea(unwrapRing(ring))))).toEqual([1, -1]);
  expect(withWinding(turned.polygons)).toEqual({ ...turned, turned: 0 });
});

test('GeoJSON is read as a whole or refused with the feature and the reason', async () => {
  const valid = feature(closed(square(0, 0)));
  expect(await read({ type: 'FeatureCollection', features: [valid] })).toMatchObject({
    ok: true,
    zones: [
      { id: 'new', name: 'A', kind: 'no_go', polygons: [[square(0, 0)]], rules: { repeatAfterS: 600 } },
    ],
    corrections: [],
  });
  const problems = async (...features: unknown[]) => {
    const result = await read({ type: 'FeatureCollection', features });
    return result.ok ? [] : result.problems;
  };
  const reason = async (refused: unknown) => (await problems(refused))[0]!.reason;
  expect(await problems(valid, feature(square(0, 0)))).toEqual([
    { feature: 1, name: 'A', reason: 'has a ring that is not closed: it ends at 0, 1, not where it began' },
  ]);
  expect(
    await reason(
      feature([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
    ),
  ).toMatch(/crosses or touches itself at/);
  expect(await reason(feature(closed(square(0, 0)), { name: 'A' }))).toMatch(/^has no kind/);
  expect(await reason(feature(closed(square(0, 0)), { kind: 'surge', rules: { factor: 99 } }))).toBe(
    'has an invalid rule: factor',
  );
  expect(await reason({ ...valid, geometry: { type: 'Point', coordinates: [0, 0] } })).toMatch(/Point/);
  expect(
    await reason(
      feature([
        [0, 100],
        [1, 1],
        [1, 0],
        [0, 100],
      ]),
    ),
  ).toMatch(/not \[longitude, latitude\]/);
  expect(
    await problems(null, 3, {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [[['a']]] },
      properties: { kind: 'queue' },
    }),
  ).toHaveLength(3);
  expect((await read('text')).ok).toBe(false);
});

test('what is corrected on import is reported', async () => {
  const ring = closed(square(0, 0)).toReversed();
  const result = await read(feature([ring[0]!, ring[0]!, ...ring.slice(1)]));
  expect(result).toMatchObject({
    ok: true,
    corrections: [{ feature: 0, turnedRings: 1, repeatedVertices: 1 }],
  });
});

const areaOf = (polygons: ZonePolygon[]) =>
  polygons.flatMap(unwrapPolygon).reduce((sum, ring) => sum + signedArea(ring), 0);

test('exported zones are imported with the same area and cut at the antimeridian', async () => {
  await fc.assert(
    fc.asyncProperty(star, async (ring) => {
      if (reasonOf([ring]) !== null) return;
      const collection = exportGeoJson([zone('a', { polygons: withWinding([[ring]]).polygons })]);
      const [{ geometry }] = collection.features as [(typeof collection.features)[0]];
      const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
      for (const [outer] of parts) for (const [lng] of outer!) expect(Math.abs(lng)).toBeLessThanOrEqual(180);
      const result = await read(collection);
      if (!result.ok) throw new Error(result.problems[0]!.reason);
      expect(result.zones[0]).toMatchObject({ id: 'a', name: 'Zone a', kind: 'no_go' });
      expect(areaOf(result.zones[0]!.polygons)).toBeCloseTo(areaOf([[ring]]), 5);
    }),
    { numRuns: 300 },
  );
});

test('a drawing across the antimeridian that crosses itself is exported as it is', () => {
  const bow: LngLat[] = [
    [179, 0],
    [-179, 1],
    [-179, 0],
    [179, 1],
  ];
  for (const ring of [bow, bow.slice(0, 2)])
    expect(exportGeoJson([zone('a', { polygons: [[ring]] })]).features[0]!.geometry).toEqual({
      type: 'Polygon',
      coordinates: [closed(unwrapRing(ring))],
    });
});

test('a zone whose extent is absurd is not published, one with a very long border is, and has cells', async () => {
  const problems = async (polygons: ZonePolygon[], middle = { lat: 51, lng: 12 }) =>
    (await problemsOf([zone('a', { polygons })], regionAt(middle))).map(({ reason }) => reason);
  expect(await problems([[square(10, 49, 4)]])).toEqual([]);
  const wide = 'is more than 500 km wide or high';
  expect(await problems([[square(10, 48.5, 5)]])).toContain(wide);
  expect(await problems([[square(0, 50)], [square(20, 50)]])).toContain(wide);
  const comb = Array.from({ length: 900 }, (_, i): LngLat => [10 + i / 300, i % 2 === 0 ? 50 : 53]);
  const long: ZonePolygon[] = [[[[10, 49], ...comb, [13, 49]]]];
  expect(await problems(long)).toEqual([]);
  expect(cellsOf(new Border(long))).not.toBeNull();
});

test('a zone far from its region is not published, also where the antimeridian is between them', async () => {
  const problems = (lng: number, lat: number, middle: { lat: number; lng: number }) =>
    problemsOf([zone('a', { polygons: [[square(lng, lat)]] })], regionAt(middle));
  const far = 'is more than 350 km from the middle of its region';
  expect(await problems(10, 50, { lat: 50, lng: 20 })).toMatchObject([{ zoneId: 'a', reason: far }]);
  expect(await problems(10, 50, { lat: 50, lng: 13 })).toEqual([]);
  expect(await problems(-179.5, 10, { lat: 10, lng: 179.5 })).toEqual([]);
  expect(await problems(-179, 10, { lat: 10, lng: 170 })).toMatchObject([{ reason: far }]);
});

test('a difference names what was added, moved, renamed and removed, also in words', () => {
  const before = [zone('a'), zone('b'), zone('c'), zone('d', { kind: 'surge', rules: { factor: 1.5 } })];
  const after = [
    zone('a'),
    zone('b', { polygons: [[square(11, 50)]], name: 'Harbour', at: 2 }),
    zone('d', { kind: 'surge', rules: { factor: 2 } }),
    zone('e', { kind: 'queue', rules: {} }),
  ];
  const result = difference(before, after);
  expect(result.added.map(({ id }) => id)).toEqual(['e']);
  expect(result.removed.map(({ id }) => id)).toEqual(['c']);
  expect(result.changed.map(({ after, aspects }) => [after.id, aspects])).toEqual([
    ['b', ['moved', 'renamed']],
    ['d', ['rules']],
  ]);
  expect(inWords(result)).toEqual([
    'Added queue “Zone e”',
    'No-go zone “Harbour”: border changed, renamed from “Zone b”',
    'Surge zone “Zone d”: factor from 1.5 to 2',
    'Removed no-go zone “Zone c”',
  ]);
  expect(inWords(difference(after, after))).toEqual([]);
});

test('zones of one kind need different names, and a zone with pick-up points needs one', async () => {
  expect(await problemsOf([zone('a'), zone('b', { name: 'zone A' })], REGION)).toMatchObject([
    { zoneId: 'b', reason: 'has the name of another zone of its kind' },
  ]);
  expect(
    await problemsOf([zone('a', { kind: 'pickup_points', rules: { points: [], maxWalkM: 1 } })], REGION),
  ).toMatchObject([{ reason: 'has no pick-up point' }]);
  expect(await problemsOf([zone('a'), zone('b')], REGION)).toEqual([]);
});

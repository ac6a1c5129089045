import { expect, it } from 'vitest';
import { indexCell, regionAt } from '#geo/cells';
import { Border } from '#zones';
import { coverageOf as coverage, coverageOfRegion, type FindZone } from './coverage.js';

const coverageOf = (area: Parameters<typeof coverage>[0]) => coverage(area, () => undefined);
const HERE = { lat: 40.75, lng: -73.98 };
const north = (m: number) => ({ lat: HERE.lat + m / 111_195, lng: HERE.lng });

it('covers a circle, a box and a polygon, with the cells and regions that each touches', () => {
  const areas = [
    coverageOf({ ...HERE, radiusM: 1_000 }),
    coverageOf({ bbox: [-74, 40.74, -73.97, 40.759] }),
    coverageOf({
      polygon: [
        { lat: 40.74, lng: -74 },
        { lat: 40.759, lng: -74 },
        { lat: 40.759, lng: -73.96 },
      ],
    }),
  ];
  for (const { cells, regions, contains } of areas) {
    expect(contains(north(10))).toBe(true);
    expect(contains(north(1_100))).toBe(false);
    expect(cells).toContain(indexCell(HERE));
    expect(regions).toContain(regionAt(HERE));
  }
});

it('covers a region with all of its index cells and nothing beyond', () => {
  const { cells, regions, contains } = coverageOfRegion(regionAt(HERE));
  expect(cells).toContain(indexCell(HERE));
  expect(new Set(cells).size).toBe(343);
  expect(regions).toEqual([regionAt(HERE)]);
  expect(contains(HERE)).toBe(true);
  expect(contains({ lat: 10, lng: 110 })).toBe(false);
});

it('refuses an area with too many cells', () => {
  expect(() => coverageOf({ bbox: [-10, 40, 10, 55] })).toThrow(/too many cells/);
});

it('covers a zone with its holes as long as it is published', () => {
  const square = (m: number): Array<[number, number]> => {
    const [dLat, dLng] = [m / 111_195, m / 84_000];
    return [
      [HERE.lng - dLng, HERE.lat - dLat],
      [HERE.lng + dLng, HERE.lat - dLat],
      [HERE.lng + dLng, HERE.lat + dLat],
      [HERE.lng - dLng, HERE.lat + dLat],
    ];
  };
  const region = regionAt(HERE);
  const polygons = [[square(1_000), square(100).reverse()]];
  let published: ReturnType<FindZone> = {
    region,
    border: new Border(polygons),
    zone: { id: 'z', polygons } as never,
    cells: null,
  };
  const found = coverage({ zone: { region, zoneId: 'z' } }, () => published);
  expect(found.regions).toEqual([region]);
  expect([0, 500, 1_500].map((m) => found.contains(north(m)))).toEqual([false, true, false]);
  published = undefined;
  expect(found.contains(north(500))).toBe(false);
  expect(coverage({ zone: { region, zoneId: 'z' } }, () => published).regions).toEqual([]);
});

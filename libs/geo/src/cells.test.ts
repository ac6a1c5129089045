import fc from 'fast-check';
import {
  cellToChildren,
  cellToLatLng,
  getPentagons,
  isPentagon,
  latLngToCell,
  polygonToCellsExperimental,
} from 'h3-js';
import { describe, expect, test, vi } from 'vitest';
import {
  cellOf,
  codeOf,
  coverBbox,
  coverCircle,
  coverPolygon,
  INDEX_RESOLUTION,
  indexCell,
  MAX_CELLS,
  NEARBY_RESOLUTION,
  REGION_RESOLUTION,
  regionOf,
} from './cells.js';
import { destination, type Point, wrapLng } from './distance.js';
import { contains } from './polygon.js';

vi.mock('h3-js', async (original) => {
  const h3 = await original<typeof import('h3-js')>();
  return { ...h3, polygonToCellsExperimental: vi.fn(h3.polygonToCellsExperimental) };
});

const anywhere = fc.record({
  lat: fc.double({ min: -89.9, max: 89.9, noNaN: true }),
  lng: fc.double({ min: -180, max: 179.99, noNaN: true }),
});

describe('cells that cover', () => {
  test('a circle contain every point of it', () => {
    const course = fc.double({ min: 0, max: 360, noNaN: true });
    const part = fc.double({ min: 0, max: 0.999, noNaN: true });
    const radius = fc.double({ min: 1, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(
        anywhere,
        radius,
        fc.array(fc.tuple(course, part), { minLength: 20, maxLength: 20 }),
        (center, radiusM, points) => {
          for (const resolution of [INDEX_RESOLUTION, NEARBY_RESOLUTION]) {
            const cells = new Set(coverCircle(center, radiusM, resolution));
            for (const [heading, along] of points) {
              const { lat, lng } = destination(center, heading, along * radiusM);
              expect(cells).toContain(latLngToCell(lat, lng, resolution));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a box contain every point of it, and a continent is refused', () => {
    const bbox = [-74.1, 40.6, -73.8, 40.9] as const;
    const cells = new Set(coverBbox([...bbox]));
    for (let lat = 40.6; lat < 40.9; lat += 0.01)
      for (let lng = -74.1; lng < -73.8; lng += 0.01) expect(cells).toContain(indexCell({ lat, lng }));
    expect(coverBbox([-100, 30, -80, 45])).toBeNull();
    expect(coverBbox([-179.9, -89.9, 179.9, 89.9])).toBeNull();
  });

  test('a box over the antimeridian contains every point of it, and one around the globe is refused', () => {
    const cells = new Set(coverBbox([179.8, -17, -179.8, -16.8]));
    for (let lat = -17; lat < -16.8; lat += 0.01)
      for (let lng = 179.8; lng < 180.2; lng += 0.01)
        expect(cells).toContain(indexCell({ lat, lng: wrapLng(lng) }));
    expect(cells.size).toBeLessThan(60);
    expect(coverBbox([10, -17, 9.9, -16.8])).toBeNull();
  });

  test('an index cell lies in one region', () => {
    fc.assert(
      fc.property(anywhere, (point) => {
        expect(regionOf(indexCell(point))).toMatch(/^83/);
      }),
    );
  });

  test('an index cell is identified by its region and three characters', () => {
    const roundTrips = (cell: string) => {
      expect(codeOf(cell)).toMatch(/^[0-9a-f]{3}$/);
      expect(cellOf(regionOf(cell), codeOf(cell))).toBe(cell);
    };
    fc.assert(fc.property(anywhere, (point) => roundTrips(indexCell(point))));
    const pentagons = getPentagons(REGION_RESOLUTION);
    expect(pentagons).toHaveLength(12);
    for (const region of pentagons) {
      const cells = cellToChildren(region, INDEX_RESOLUTION);
      expect(cells.filter((cell) => isPentagon(cell))).toHaveLength(1);
      for (const cell of cells) roundTrips(cell);
      expect(new Set(cells.map(codeOf)).size).toBe(cells.length);
    }
  });
});

describe('cells that cover a polygon', () => {
  const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  /** Star around a centre: its corners lie all the way around, at varying distances. */
  const star = fc.record({
    center: fc.record({
      lat: fc.oneof(double(-85, 85), double(80, 89), double(-89, -80)),
      lng: fc.oneof(double(-180, 180), double(179.7, 180), double(-180, -179.7)),
    }),
    size: double(0.001, 0.5),
    spokes: fc.array(double(0.1, 1), { minLength: 3, maxLength: 100 }),
  });
  const ringOf = ({ center, size, spokes }: { center: Point; size: number; spokes: number[] }): Point[] =>
    spokes.map((spoke, i) => {
      const angle = (2 * Math.PI * i) / spokes.length;
      const wide = 1 / Math.cos((center.lat * Math.PI) / 180);
      return {
        lat: center.lat + size * spoke * Math.sin(angle),
        lng: wrapLng(center.lng + size * spoke * wide * Math.cos(angle)),
      };
    });

  test('contain every point in it, also across the antimeridian and near the poles', () => {
    const places = fc.array(fc.tuple(double(-1, 1), double(-1, 1)), { minLength: 50, maxLength: 50 });
    let inside = 0;
    fc.assert(
      fc.property(star, places, (shape, points) => {
        const ring = ringOf(shape);
        const cells = new Set(coverPolygon(ring));
        expect(cells.size).toBeGreaterThan(0);
        const { center, size } = shape;
        const wide = size / Math.cos((center.lat * Math.PI) / 180);
        for (const [north, east] of points) {
          const point = { lat: center.lat + north * size, lng: wrapLng(center.lng + east * wide) };
          if (!contains(ring, point)) continue;
          inside += 1;
          expect(cells).toContain(indexCell(point));
        }
        for (const corner of ring) expect(cells).toContain(indexCell(corner));
      }),
      { numRuns: 200, endOnFailure: true },
    );
    expect(inside).toBeGreaterThan(1_000);
  });

  test('are only the cells that it touches', () => {
    fc.assert(
      fc.property(star, (shape) => {
        const { center, size } = shape;
        for (const cell of coverPolygon(ringOf(shape))!) {
          const [lat, lng] = cellToLatLng(cell);
          expect(Math.abs(lat - center.lat)).toBeLessThan(size + 0.05);
          const wide = (size + 0.06) / Math.cos(((Math.abs(center.lat) + size) * Math.PI) / 180);
          expect(Math.abs(wrapLng(lng - center.lng))).toBeLessThan(wide);
        }
      }),
      { numRuns: 50 },
    );
  });

  const ring = (...corners: Array<[number, number]>): Point[] => corners.map(([lat, lng]) => ({ lat, lng }));

  test('are the same as those of an equal box', () => {
    const box = coverBbox([-74.1, 40.6, -73.8, 40.9])!;
    expect(
      coverPolygon(ring([40.6, -74.1], [40.6, -73.8], [40.9, -73.8], [40.9, -74.1]))!.toSorted(),
    ).toEqual(box.toSorted());
  });

  test.each([
    ['a country', ring([40, -74], [40, -69], [45, -69], [45, -74])],
    ['a continent', ring([30, -100], [30, -80], [45, -80], [45, -100])],
    ['a needle round half the globe', ring([-40, -60], [40, 60], [40.01, 60])],
    ['a shape wider than 170 degrees', ring([0, -85], [0, 86], [0.01, 0])],
    ['a ring around the pole', ring([89.5, 0], [89.5, 120], [89.5, -120])],
    [
      'a comb with long teeth',
      Array.from({ length: 100 }, (_, i) => ({ lat: i % 4 < 2 ? 0 : 9, lng: i / 50 })),
    ],
  ])('are refused for %s, before any cell is listed', (_, corners) => {
    vi.mocked(polygonToCellsExperimental).mockClear();
    expect(coverPolygon(corners)).toBeNull();
    expect(polygonToCellsExperimental).not.toHaveBeenCalled();
  });

  test('are listed for a long needle that touches few, and up to the maximum', () => {
    const needle = coverPolygon(ring([40, -74], [45, -68], [45.001, -68]))!;
    expect(needle.length).toBeGreaterThan(100);
    const square = (side: number) => coverPolygon(ring([0, 0], [0, side], [side, side], [side, 0]));
    expect(square(1.4)!.length).toBeLessThanOrEqual(MAX_CELLS);
    expect(square(1.4)!.length).toBeGreaterThan(0.8 * MAX_CELLS);
    expect(square(1.5)).toBeNull();
  });
});

import fc from 'fast-check';
import { latLngToCell } from 'h3-js';
import { describe, expect, test } from 'vitest';
import { coverBbox, coverCircle, INDEX_RESOLUTION, indexCell, NEARBY_RESOLUTION, regionOf } from './cells.js';
import { destination } from './distance.js';

const anywhere = fc.record({
  lat: fc.double({ min: -89.9, max: 89.9, noNaN: true }),
  lng: fc.double({ min: -180, max: 179.99, noNaN: true }),
});

describe('cells that cover', () => {
  test('a circle hold every point of it', () => {
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

  test('a box hold every point of it, and a continent is refused', () => {
    const bbox = [-74.1, 40.6, -73.8, 40.9] as const;
    const cells = new Set(coverBbox([...bbox]));
    for (let lat = 40.6; lat < 40.9; lat += 0.01)
      for (let lng = -74.1; lng < -73.8; lng += 0.01) expect(cells).toContain(indexCell({ lat, lng }));
    expect(coverBbox([-100, 30, -80, 45])).toBeNull();
    expect(coverBbox([-179.9, -89.9, 179.9, 89.9])).toBeNull();
  });

  test('an index cell lies in one region', () => {
    fc.assert(
      fc.property(anywhere, (point) => {
        expect(regionOf(indexCell(point))).toMatch(/^83/);
      }),
    );
  });
});

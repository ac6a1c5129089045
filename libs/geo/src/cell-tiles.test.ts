import fc from 'fast-check';
import { cellToBoundary, cellToLatLng, getIcosahedronFaces, getPentagons, latLngToCell } from 'h3-js';
import { describe, expect, test } from 'vitest';
import { INDEX_RESOLUTION, indexCell } from './cells.js';

const cellAt = (lat: number, lng: number) => latLngToCell(lat, lng, INDEX_RESOLUTION);

/** Corners of cells on an edge of the icosahedron, where hexagons are least regular. */
function cornersOnEdges(count: number): Array<[lat: number, lng: number]> {
  const corners: Array<[lat: number, lng: number]> = [];
  for (let i = 1; corners.length < count; i += 1) {
    const [lat, lng] = [((i * 0.618034) % 1) * 168 - 84, ((i * 0.414214) % 1) * 360 - 180];
    if (getIcosahedronFaces(latLngToCell(lat, lng, 2)).length < 2) continue;
    const cell = cellAt(lat, lng);
    if (getIcosahedronFaces(cell).length > 1) corners.push(...(cellToBoundary(cell) as typeof corners));
  }
  return corners;
}

describe('the cell of a position equals the one from H3', () => {
  const near = fc.double({ min: -0.02, max: 0.02, noNaN: true });
  test.each([
    ['anywhere', fc.tuple(fc.double({ min: -90, max: 90, noNaN: true }), lngs())],
    ['on an edge of the icosahedron', fc.constantFrom(...cornersOnEdges(300))],
    ['at a pentagon', fc.constantFrom(...getPentagons(INDEX_RESOLUTION).map((cell) => cellToLatLng(cell)))],
    ['at a pole', fc.tuple(fc.constantFrom(-90, 90, 84.99, -84.99), lngs())],
    [
      'at the antimeridian',
      fc.tuple(fc.double({ min: -80, max: 80, noNaN: true }), fc.constantFrom(-180, 180)),
    ],
  ])('%s', (_, places) => {
    fc.assert(
      fc.property(
        places,
        fc.array(fc.tuple(near, near), { minLength: 40, maxLength: 40 }),
        ([lat, lng], steps) => {
          for (const [north, east] of steps) {
            const at = {
              lat: Math.max(-90, Math.min(90, lat + north)),
              lng: Math.max(-180, Math.min(180, lng + east)),
            };
            // Twice: the second lookup finds the tile in the cache.
            for (let i = 0; i < 2; i += 1) expect(indexCell(at)).toBe(cellAt(at.lat, at.lng));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('tiles that share a cache slot are not mixed up', () => {
  for (const [lat, lng] of [
    [40.75, -73.99],
    [40.75, -73.99 + 128],
    [40.75 + 1 / 256, -73.99 - 181 / 256],
    [40.75, -73.99],
  ] as const)
    expect(indexCell({ lat, lng })).toBe(cellAt(lat, lng));
});

function lngs() {
  return fc.double({ min: -180, max: 180, noNaN: true });
}

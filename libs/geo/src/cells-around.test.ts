import fc from 'fast-check';
import { cellToBoundary, cellToLatLng, cellToParent, getPentagons } from 'h3-js';
import { expect, test } from 'vitest';
import { INDEX_RESOLUTION, indexCell, indexCellsAround, nearbyCell } from './cells.js';
import { destination, type Point } from './distance.js';

const anywhere = fc.record({
  lat: fc.double({ min: -85, max: 85, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
});

/** Within some hundred metres of a corner of the index cell at a place. */
const atCorner = fc
  .tuple(anywhere, fc.nat(5), fc.nat(359), fc.nat(800))
  .map(([place, corner, heading, meters]): Point => {
    const corners = cellToBoundary(indexCell(place));
    const [lat, lng] = corners[corner % corners.length]!;
    return destination({ lat, lng }, heading, meters);
  });

test('a car is in one of the index cells around the nearby cell that it is in', () => {
  const isAround = (place: Point) => {
    expect(indexCellsAround(nearbyCell(place))).toContain(indexCell(place));
  };
  fc.assert(fc.property(fc.oneof(anywhere, atCorner), isAround), { numRuns: 2_000 });
  for (const pentagon of getPentagons(INDEX_RESOLUTION)) {
    const [lat, lng] = cellToLatLng(pentagon);
    for (let i = 0; i < 50; i += 1) isAround(destination({ lat, lng }, i * 7, i * 80));
  }
});

test('the parent of the nearby cell would not do', () => {
  const isInParent = (place: Point) => cellToParent(nearbyCell(place), INDEX_RESOLUTION) === indexCell(place);
  expect(fc.sample(atCorner, { numRuns: 200, seed: 1 }).every(isInParent)).toBe(false);
});

test('few index cells are around a nearby cell, mostly one', () => {
  const counts = fc
    .sample(anywhere, { numRuns: 1_000, seed: 1 })
    .map((at) => indexCellsAround(nearbyCell(at)).length);
  expect(Math.max(...counts)).toBeLessThanOrEqual(3);
  expect(counts.filter((count) => count === 1).length).toBeGreaterThan(500);
});

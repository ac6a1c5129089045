import fc from 'fast-check';
import { expect, test } from 'vitest';
import { destination, distanceM } from './distance.js';
import { snapToGrid } from './snap.js';

const point = fc.record({
  lat: fc.double({ min: -89, max: 89, noNaN: true }),
  lng: fc.double({ min: -179, max: 179, noNaN: true }),
});

test('a position is moved to the grid by less than one step, and a grid point stays', () => {
  fc.assert(
    fc.property(point, fc.constantFrom(30, 500), (position, stepM) => {
      const snapped = snapToGrid(position, stepM);
      expect(distanceM(position, snapped)).toBeLessThan(0.72 * stepM);
      expect(distanceM(snapToGrid(snapped, stepM), snapped)).toBeLessThan(0.05);
    }),
  );
});

test('positions within one step share few grid points', () => {
  const here = { lat: 40.75, lng: -73.99 };
  const names = new Set(
    Array.from({ length: 360 }, (_, i) => JSON.stringify(snapToGrid(destination(here, i, (i % 15) + 1), 30))),
  );
  expect(names.size).toBeLessThanOrEqual(4);
});

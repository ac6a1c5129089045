import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wrapLng } from './distance.js';
import { centreOf, contains, inBbox } from './polygon.js';

const SQUARE = [
  { lat: 40, lng: -74 },
  { lat: 40, lng: -73 },
  { lat: 41, lng: -73 },
  { lat: 41, lng: -74 },
];
/** Square with a notch from the north that reaches its middle. */
const NOTCHED = [...SQUARE.slice(0, 3), { lat: 40.5, lng: -73.5 }, SQUARE[3]!];

describe('a polygon', () => {
  test('has an inside and an outside', () => {
    expect(contains(SQUARE, { lat: 40.5, lng: -73.5 })).toBe(true);
    for (const [lat, lng] of [
      [39.9, -73.5],
      [41.1, -73.5],
      [40.5, -74.1],
      [40.5, -72.9],
      [40.5, 106.5],
    ])
      expect(contains(SQUARE, { lat: lat!, lng: lng! })).toBe(false);
    expect(contains(NOTCHED, { lat: 40.9, lng: -73.5 })).toBe(false);
    expect(contains(NOTCHED, { lat: 40.9, lng: -73.95 })).toBe(true);
    expect(contains(NOTCHED, { lat: 40.4, lng: -73.5 })).toBe(true);
  });

  test('is the same anywhere on earth, whichever corner comes first and in either direction', () => {
    const ontoTheAntimeridian = fc.double({ min: -107, max: -106, noNaN: true });
    const around = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), ontoTheAntimeridian);
    const point = fc.record({
      lat: fc.double({ min: 39.5, max: 41.5, noNaN: true }),
      lng: fc.double({ min: -74.5, max: -72.5, noNaN: true }),
    });
    fc.assert(
      fc.property(around, fc.nat(4), fc.boolean(), point, (east, start, backwards, { lat, lng }) => {
        const ring = [...NOTCHED.slice(start), ...NOTCHED.slice(0, start)].map((corner) => ({
          lat: corner.lat,
          lng: wrapLng(corner.lng + east),
        }));
        if (backwards) ring.reverse();
        const edge = [-74, -73, -73.5 - (lat - 40.5), -73.5 + (lat - 40.5)];
        fc.pre(edge.every((far) => Math.abs(lng - far) > 1e-9) && Math.abs(lat - 40) > 1e-9);
        expect(contains(ring, { lat, lng: wrapLng(lng + east) })).toBe(contains(NOTCHED, { lat, lng }));
      }),
    );
  });
});

test('a box with its west east of its east crosses the antimeridian', () => {
  const isInside = inBbox([179.8, -17, -179.8, -16.8]);
  const inside = [179.8, 179.9, 180, -180, -179.9, -179.8].map((lng) => isInside({ lat: -16.9, lng }));
  expect(inside).not.toContain(false);
  const outside = [179.7, -179.7, 0].map((lng) => isInside({ lat: -16.9, lng }));
  expect(outside).not.toContain(true);
  expect(isInside({ lat: -17.1, lng: 180 })).toBe(false);
  expect(centreOf([179.8, -17, -179.6, -16]).lng).toBeCloseTo(-179.9);
  expect(centreOf([-74, 40, -73, 41])).toEqual({ lat: 40.5, lng: -73.5 });
});

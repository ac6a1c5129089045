import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bearing, destination, distanceM, normalizeHeading, wrapLng } from './distance.js';

const point = fc.record({
  lat: fc.double({ min: -89, max: 89, noNaN: true }),
  lng: fc.double({ min: -180, max: 179.99, noNaN: true }),
});

describe('on the sphere', () => {
  test('distances and bearings match known values', () => {
    expect(distanceM({ lat: 0, lng: 0 }, { lat: 0, lng: 1 })).toBeCloseTo(111_195, 0);
    expect(distanceM({ lat: 40.7128, lng: -74.006 }, { lat: 48.8566, lng: 2.3522 }) / 1_000).toBeCloseTo(
      5_837,
      0,
    );
    expect(bearing({ lat: 0, lng: 0 }, { lat: 1, lng: 0 })).toBe(0);
    expect(bearing({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 })).toBeCloseTo(90, 6);
    expect(distanceM({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 })).toBeCloseTo(111_195, 0);
  });

  test('a destination lies at the given distance and bearing', () => {
    fc.assert(
      fc.property(
        point,
        fc.double({ min: 0, max: 359.9, noNaN: true }),
        fc.double({ min: 1, max: 50_000, noNaN: true }),
        (from, course, metres) => {
          const to = destination(from, course, metres);
          expect(distanceM(from, to)).toBeCloseTo(metres, 2);
          expect(Math.cos(((bearing(from, to) - course) * Math.PI) / 180)).toBeGreaterThan(0.9999);
        },
      ),
    );
  });

  test('angles are normalized to their range', () => {
    expect([
      normalizeHeading(360),
      normalizeHeading(-90),
      normalizeHeading(725),
      normalizeHeading(-1e-20),
    ]).toEqual([0, 270, 5, 0]);
    expect([wrapLng(180), wrapLng(-181), wrapLng(541)]).toEqual([-180, 179, -179]);
  });
});

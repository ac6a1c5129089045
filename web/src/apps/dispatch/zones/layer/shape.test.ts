import { expect, test } from 'vitest';
import type { LngLat, ZonePolygon } from '#sdk';
import { featuresOf } from './features.js';
import { closedRings, contains, labelPlace, zoneAt } from './shape.js';

const square = (west: number, south: number, size: number): LngLat[] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
];
const zone = (id: string, ...polygons: ZonePolygon[]) => ({ id, polygons });

test('a hole is outside of its zone', () => {
  const ring = zone('a', [square(0, 0, 10), square(4, 4, 2)]);
  expect(contains(ring, [1, 1])).toBe(true);
  expect(contains(ring, [5, 5])).toBe(false);
  expect(contains(ring, [11, 5])).toBe(false);
});

test('a zone across the antimeridian is hit on both sides', () => {
  const across = zone('a', [
    [
      [179, 0],
      [-179, 0],
      [-179, 2],
      [179, 2],
    ],
  ]);
  expect([179.5, -179.5, 0].map((lng) => contains(across, [lng, 1]))).toEqual([true, true, false]);
  expect(closedRings(across.polygons[0]!)[0]!.map(([lng]) => lng)).toEqual([179, 181, 181, 179, 179]);
});

test('of zones on each other, a click selects the smallest', () => {
  const zones = [zone('city', [square(0, 0, 10)]), zone('street', [square(4, 4, 1)])];
  expect(zoneAt(zones, [4.5, 4.5])?.id).toBe('street');
  expect(zoneAt(zones, [8, 8])?.id).toBe('city');
  expect(zoneAt(zones, [20, 20])).toBe(null);
});

test('a label lies inside, also beside a hole and in a crescent', () => {
  const withHole = zone('a', [square(0, 0, 10), square(2, 4, 2)]);
  expect(contains(withHole, labelPlace(withHole)!)).toBe(true);
  const crescent = zone('b', [
    [
      [0, 0],
      [10, 0],
      [10, 1],
      [2, 1],
      [2, 9],
      [10, 9],
      [10, 10],
      [0, 10],
    ],
  ]);
  expect(contains(crescent, labelPlace(crescent)!)).toBe(true);
});

test('a zone is drawn as areas, a label and its pick-up points, and as it was only as areas', () => {
  const drawn = {
    ...zone('a', [square(0, 0, 1)], [square(5, 5, 1)]),
    name: 'Stadium',
    kind: 'pickup_points' as const,
    rules: { points: [{ id: 'p', name: 'Gate 1', lng: 0.5, lat: 0.5 }] },
  };
  const rolesOf = (change?: 'before' | 'added') =>
    featuresOf([{ ...drawn, ...(change === undefined ? {} : { change }) }]).features.map(
      ({ geometry, properties }) => properties!.text ?? geometry.type,
    );
  expect(rolesOf()).toEqual(['Polygon', 'Polygon', 'Stadium', 'Gate 1']);
  expect(rolesOf('added')).toContain('+ Stadium');
  expect(rolesOf('before')).toEqual(['Polygon', 'Polygon']);
});

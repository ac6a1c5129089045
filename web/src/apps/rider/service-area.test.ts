import { expect, test } from 'vitest';
import type { Zone } from '#protocol';
import { outsideOf, pointsOf } from './service-area.js';

const square = (west: number, south: number, size: number): [number, number][] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
];
const zone = (kind: string, rings: [number, number][][], rules: object = {}): Zone =>
  ({ id: kind, name: kind, kind, polygons: [rings], rules, version: 1, updatedBy: '', at: 0 }) as never;

test('without a service area, nothing is dimmed', () => {
  expect(outsideOf([zone('surge', [square(0, 0, 1)])])).toEqual([]);
});

test('overlapping service areas are one hole in what is dimmed', () => {
  const outside = outsideOf([
    zone('service_area', [square(0, 0, 2)]),
    zone('service_area', [square(1, 1, 2)]),
  ]);
  expect(outside).toHaveLength(1);
  // The world, and one hole with the eight corners of both squares.
  expect(outside[0]!.map((ring) => ring.length)).toEqual([5, 9]);
});

test('an area without service inside of a service area is dimmed, too', () => {
  const outside = outsideOf([zone('service_area', [square(0, 0, 3), square(1, 1, 1)])]);
  expect(outside).toHaveLength(2);
});

test('a service area across the antimeridian is open on both sides of it', () => {
  const across: [number, number][] = [
    [179, 0],
    [-179, 0],
    [-179, 1],
    [179, 1],
  ];
  const [outside, ...others] = outsideOf([zone('service_area', [across])]);
  expect(others).toEqual([]);
  const ring = outside!.flat();
  // The world has a notch in each of its sides, two degrees of longitude in all.
  for (const lng of [179, -179]) expect(ring).toContainEqual([lng, 0]);
  expect(ring.every(([lng]) => Math.abs(lng!) >= 179)).toBe(true);
});

test('the nearest pick-up points come first', () => {
  const points = [
    { id: 'far', name: 'Far', lat: 1, lng: 1 },
    { id: 'near', name: 'Near', lat: 0.1, lng: 0 },
  ];
  const found = pointsOf([zone('pickup_points', [square(0, 0, 1)], { points })], { lat: 0, lng: 0 });
  expect(found.map(({ id }) => id)).toEqual(['near', 'far']);
});

import { expect, test } from 'vitest';
import { destination, distanceM } from './distance.js';
import { between, nearestShare, turnBetween } from './leg.js';

const A = { lat: 40.75, lng: -73.99 };
const B = destination(A, 60, 1_000);
const EAST = { lat: -17, lng: 179.999 };
const WEST = { lat: -17, lng: -179.999 };

test('a point lies at the given fraction of a leg, also across the antimeridian', () => {
  expect(distanceM(between(A, B, 0), A)).toBeLessThan(1e-6);
  expect(distanceM(between(A, B, 0.25), destination(A, 60, 250))).toBeLessThan(0.1);
  expect(distanceM(between(A, B, 1), B)).toBeLessThan(1e-6);
  expect(distanceM(between(EAST, WEST, 0.75), WEST)).toBeCloseTo(distanceM(EAST, WEST) / 4, 6);
});

test('the nearest fraction is found for a point beside the leg, before it and beyond it', () => {
  const beside = destination(destination(A, 60, 400), 150, 80);
  expect(nearestShare(A, B, beside)).toBeCloseTo(0.4, 3);
  expect(nearestShare(A, B, destination(A, 240, 50))).toBe(0);
  expect(nearestShare(A, B, destination(A, 60, 1_500))).toBe(1);
  expect(nearestShare(A, A, B)).toBe(0);
  expect(nearestShare(EAST, WEST, { lat: -17.001, lng: -180 })).toBeCloseTo(0.5, 6);
});

test('turns take the short way', () => {
  expect([turnBetween(350, 20), turnBetween(20, 350), turnBetween(90, 90), turnBetween(0, 180)]).toEqual([
    30, -30, 0, -180,
  ]);
});

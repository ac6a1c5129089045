import { expect, test } from 'vitest';
import { agree } from './agreement.js';

const at = (...distances: number[]) =>
  distances.map((distanceM, i) => ({ driverId: `d${i}`, lat: 0, lng: 0, distanceM }));

test('answers agree when all distances agree', () => {
  expect(agree(at(10, 20), at(11.4, 19), 3_000)).toBe(true);
  expect(agree(at(10, 20), at(10, 22), 3_000)).toBe(false);
  expect(agree([], [], 3_000)).toBe(true);
});

test('only a driver on the edge of the circle may be missing', () => {
  expect(agree(at(10, 2_999), at(10), 3_000)).toBe(true);
  expect(agree(at(10), at(10, 2_999), 3_000)).toBe(true);
  expect(agree(at(10, 20), at(10), 3_000)).toBe(false);
  expect(agree([], at(10), 3_000)).toBe(false);
});

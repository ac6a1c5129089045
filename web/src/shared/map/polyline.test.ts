import { expect, test } from 'vitest';
import { Plane } from './plane.js';
import { cutAt } from './polyline.js';

const plane = new Plane({ lat: 40.75, lng: -73.98 });
const at = (x: number, y: number) => plane.position({ x, y });
const LINE = [at(0, 0), at(100, 0), at(100, 100)];

test('a line begins where the car is, and says how far the car is from it', () => {
  const { rest, awayM } = cutAt(plane, LINE, at(40, 12));
  expect(awayM).toBeCloseTo(12, 3);
  expect(plane.from(rest[0]!).x).toBeCloseTo(40, 3);
  expect(rest).toHaveLength(3);
  const last = cutAt(plane, LINE, at(130, 60));
  expect(last.awayM).toBeCloseTo(30, 3);
  expect(last.rest).toHaveLength(2);
});

test('at its end nothing is left but the end', () => {
  const { rest } = cutAt(plane, LINE, at(100, 140));
  for (const point of rest) expect(plane.from(point).y).toBeCloseTo(100, 3);
});

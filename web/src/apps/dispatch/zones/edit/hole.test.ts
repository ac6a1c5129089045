import { expect, test } from 'vitest';
import type { LngLat, ZonePolygon } from '#sdk';
import { contains } from '../layer/shape.js';
import { holeIn } from './hole.js';

const box = (west: number, south: number, width: number, height: number): LngLat[] => [
  [west, south],
  [west + width, south],
  [west + width, south + height],
  [west, south + height],
];
const isInside = (polygon: ZonePolygon, hole: LngLat[]) =>
  hole.every((corner) => contains({ polygons: [polygon] }, corner));

test('a hole fits into a polygon, also beside the holes that it has', () => {
  const polygon: ZonePolygon = [box(10, 50, 1, 1)];
  for (let holes = 0; holes < 3; holes += 1) {
    const hole = holeIn(polygon)!;
    expect(isInside(polygon, hole)).toBe(true);
    polygon.push(hole);
  }
});

test('a hole fits into a thin angle and across the antimeridian', () => {
  const angle: ZonePolygon = [
    [
      [0, 0],
      [10, 0],
      [10, 1],
      [1, 1],
      [1, 10],
      [0, 10],
    ],
  ];
  expect(isInside(angle, holeIn(angle)!)).toBe(true);
  const across: ZonePolygon = [
    [
      [179, 0],
      [-179.5, 0],
      [-179.5, 1],
      [179, 1],
    ],
  ];
  const hole = holeIn(across)!;
  expect(hole.every(([lng]) => Math.abs(lng) <= 180)).toBe(true);
  expect(isInside(across, hole)).toBe(true);
});

test('a polygon whose border crosses itself gets no hole', () => {
  const crossing: ZonePolygon = [
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ],
  ];
  expect(holeIn(crossing)).toBe(null);
});

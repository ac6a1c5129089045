import { expect, test } from 'vitest';
import { bearing, distanceM, snapToGrid } from '#geo';
import type { Car } from '#protocol';
import { CarPaths } from './car-paths.js';

const HERE = { lat: 40.75, lng: -73.99 };
const at = (lat: number, lng: number, heading: number | null = null): Car => ({
  id: 'a',
  lat,
  lng,
  heading,
  t: 0,
});

test('a straight drive between two rows of the grid is drawn straighter than its grid points', () => {
  const paths = new CarPaths();
  const drive = Array.from({ length: 40 }, (_, i) => ({
    lat: HERE.lat + i * 9e-5,
    lng: HERE.lng + i * 21e-5,
  }));
  const turns = (points: { lat: number; lng: number }[]) => {
    const courses = points.slice(1).map((point, i) => bearing(points[i]!, point));
    return Math.max(...courses) - Math.min(...courses);
  };
  const grid = drive.map((point) => snapToGrid(point, 30));
  const drawn = grid.map(({ lat, lng }) => paths.next(at(lat, lng)));
  expect(turns(drawn.slice(1))).toBeLessThan(0.8 * turns(grid.slice(1)));
});

test('a car that has stopped is drawn at its grid point', () => {
  const paths = new CarPaths();
  paths.next(at(HERE.lat, HERE.lng));
  const [next, last] = [
    paths.next(at(HERE.lat + 0.001, HERE.lng)),
    paths.next(at(HERE.lat + 0.001, HERE.lng)),
  ];
  expect(distanceM(HERE, next)).toBeCloseTo(55.6, 0);
  expect(distanceM(last, { lat: HERE.lat + 0.001, lng: HERE.lng })).toBeLessThan(0.001);
});

test('a car without a heading keeps its direction until it moves', () => {
  const paths = new CarPaths();
  const { heading } = paths.next(at(1, 2));
  expect(paths.next(at(1, 2)).heading).toBe(heading);
  expect(paths.next(at(1, 2, 90)).heading).toBe(90);
  expect(paths.next(at(1, 2)).heading).toBe(90);
  paths.forget((id) => id === 'a');
  expect(paths.next(at(1, 2)).heading).toBe(heading);
});

test('a car that crosses the antimeridian does not cross the map', () => {
  const paths = new CarPaths();
  paths.next(at(0, 179.9998));
  expect(Math.abs(paths.next(at(0, -179.9998)).lng)).toBeCloseTo(180, 5);
});

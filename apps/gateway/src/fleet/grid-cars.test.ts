import { expect, test } from 'vitest';
import { destination } from '#geo';
import { GridCars } from './grid-cars.js';

const HERE = { lat: 40.75, lng: -73.99 };
const T = 1_800_000_000_000;
const at = (metresEast: number, receivedAt: number, key = 'd/1') => ({
  key,
  cell: 'a',
  ...destination(HERE, 90, metresEast),
  receivedAt,
});

test('a car stays where it was first seen in an interval of five seconds', () => {
  const cars = new GridCars();
  const first = cars.hold(at(0, T), T);
  expect(cars.hold(at(60, T + 3_000), T + 4_999)).toBe(first);
  expect(cars.hold(at(60, T + 3_000), T + 5_000)).toMatchObject({ t: T, lng: at(60, 0).lng });
});

test('times are multiples of five seconds, and nothing says how fast a car is or when exactly it reported', () => {
  const car = new GridCars().hold(at(0, T + 4_321), T + 9_000);
  expect(car).toEqual({ key: 'd/1', cell: 'a', ...destination(HERE, 90, 0), heading: null, t: T });
});

test('a heading follows from the grid points under the same name, in steps of fifteen degrees', () => {
  const cars = new GridCars();
  const drive = (key: string, i: number) => cars.hold(at(i * 40, T + i * 5_000, key), T + i * 5_000).heading;
  expect([0, 1, 2, 3, 4].map((i) => drive('d/1', i))).toEqual([null, 90, 90, 90, 90]);
  expect(drive('d/2', 5)).toBeNull();
  const turned = { ...at(0, T + 30_000), ...destination(at(160, 0), 7, 120) };
  expect(cars.hold(turned, T + 30_000).heading).toBe(0);
});

test('a position that arrives late changes nothing', () => {
  const cars = new GridCars();
  const car = cars.hold(at(90, T + 5_000), T + 5_000);
  expect(cars.hold(at(0, T), T + 10_000)).toBe(car);
});

test('a position that waits is shown from the next interval on, also if none follows', () => {
  const cars = new GridCars();
  const first = cars.hold(at(0, T), T);
  cars.hold(at(60, T + 1_000), T + 1_000);
  cars.hold(at(90, T + 2_000), T + 2_000);
  expect(cars.current('d/1', T + 4_000)).toEqual({ car: first, isWaiting: true });
  const next = { car: expect.objectContaining({ lng: at(90, 0).lng }), isWaiting: false };
  expect(cars.current('d/1', T + 5_000)).toEqual(next);
  expect(cars.current('d/1', T + 60_000)).toEqual(next);
  expect(cars.hold(at(90, T + 2_000), T + 60_000)).toMatchObject({ lng: at(90, 0).lng });
  expect(cars.current('unknown', T)).toBeNull();
});

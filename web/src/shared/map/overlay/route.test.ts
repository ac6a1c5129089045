import { expect, it } from 'vitest';
import { LEG_STRIDE, Route } from './route.js';

const move = (from: number, to: number, fromT: number, durationMs = 1_000) => ({
  from: { x: from, y: 0 },
  to: { x: to, y: 0 },
  fromT,
  toT: fromT + durationMs,
});
const ends = (route: Route) =>
  Array.from({ length: route.count }, (_, leg) => [
    ...route.data.slice(leg * LEG_STRIDE, leg * LEG_STRIDE + 4),
  ]);

it('cuts a leg where the next one begins, because the car had not moved further', () => {
  const route = new Route(0);
  route.advance(move(0, 10, 0), 0);
  route.advance(move(9, 20, 900), 1);
  expect(ends(route)).toEqual([
    [0, 0, 9, 0],
    [9, 0, 20, 0],
  ]);
  expect(route.lengthM).toBe(20);
});

it('does not grow while the car is parked', () => {
  const route = new Route(0);
  route.advance(move(0, 10, 0), 0);
  for (let i = 2; i < 50; i++) route.advance(move(10, 10.2, i * 1_000), 0);
  expect(route.count).toBe(1);
  expect(route.lengthM).toBe(10);
});

it('leaves a gap where the car was out of sight', () => {
  const route = new Route(0);
  route.advance(move(0, 10, 0), 0);
  route.advance(move(900, 900, 20_000, 0), 0);
  route.advance(move(900, 910, 21_000), 0);
  expect(ends(route)).toEqual([
    [0, 0, 10, 0],
    [900, 0, 910, 0],
  ]);
});

it('is empty after it is cleared', () => {
  const route = new Route(0);
  route.advance(move(0, 10, 0), 0);
  route.clear(5_000);
  expect([route.count, route.lengthM, route.time(5_000)]).toEqual([0, 0, 0]);
});

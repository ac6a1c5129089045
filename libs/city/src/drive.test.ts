import { expect, test } from 'vitest';
import { distanceM } from '#geo';
import { CityCar, drive, lineOf, manhattan, positionAt, seeded, snap } from './index.js';

const city = manhattan();
const corner = (id: number) => city.nodes[id]!;

test('a place snaps to the nearest point of a street, also between two crossings', () => {
  const edge = corner(100).edges[0]!;
  const middle = positionAt(city, { from: 100, to: edge.to, alongM: edge.lengthM / 2 });
  expect(snap(city, middle).awayM).toBeLessThan(0.1);
  const beside = { lat: middle.lat + 0.0001, lng: middle.lng };
  const snapped = snap(city, beside);
  expect(distanceM(snapped, beside)).toBeCloseTo(snapped.awayM, 0);
  expect(snapped.awayM).toBeLessThan(12);
  const farAway = snap(city, { lat: 40.2206, lng: -74.7597 });
  expect(farAway.awayM).toBeGreaterThan(60_000);
});

test('the line of a drive follows the streets from its start to its goal', () => {
  const start = snap(city, { lat: 40.7541, lng: -73.9846 });
  const goal = snap(city, { lat: 40.7681, lng: -73.9692 });
  const found = drive(city, start, goal);
  const line = lineOf(city, start, found);
  expect(distanceM(line[0]!, start)).toBeLessThan(1);
  expect(distanceM(line.at(-1)!, goal)).toBeLessThan(1);
  const lengthM = line.slice(1).reduce((sum, point, i) => sum + distanceM(line[i]!, point), 0);
  expect(lengthM).toBeCloseTo(found.lengthM, -1);
  expect(lengthM).toBeGreaterThan(distanceM(start, goal));
  for (const point of line) expect(snap(city, point).awayM).toBeLessThan(0.5);
});

test('a drive along one street takes no detour, and one against its traffic goes around the block', () => {
  const place = { from: 100, to: corner(100).edges[0]!.to, alongM: 10 };
  expect(drive(city, place, { ...place, alongM: 20 })).toMatchObject({ nodes: [], lengthM: 10 });
  expect(drive(city, { ...place, alongM: 20 }, place).lengthM).toBeGreaterThan(20);
});

test.each([1, 2, 3, 4, 5, 6])('a car stops where it is sent to, not at the next corner (%i)', (seed) => {
  const random = seeded(seed);
  const near = city.nodes.filter((node) => distanceM(node, city.center) < 1_500);
  const any = () => near[Math.floor(random() * near.length)]!;
  const car = new CityCar(city, city.nodes.indexOf(any()), random);
  const [a, b] = [any(), any()];
  const goal = snap(city, { lat: (a.lat + b.lat) / 2, lng: (a.lng + b.lng) / 2 });
  car.driveTo(goal);
  for (let step = 0; step < 20_000 && !car.arrived; step += 1) car.step(0.25);
  expect(car.arrived).toBe(true);
  expect(distanceM(car.position, goal)).toBeLessThan(2);
  expect(car.speedMps).toBe(0);
});

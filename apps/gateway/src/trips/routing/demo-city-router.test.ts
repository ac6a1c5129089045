import { expect, test } from 'vitest';
import { manhattan, snap } from '#city';
import { distanceM } from '#geo';
import { DemoCityRouter } from './demo-city-router.js';

const router = new DemoCityRouter();
const BRYANT_PARK = { lat: 40.7541, lng: -73.9846 };
const COLUMBUS_CIRCLE = { lat: 40.7681, lng: -73.9818 };
const TRENTON = { lat: 40.2206, lng: -74.7597 };

test('estimates and routes follow the streets, at the pace of the car', async () => {
  const [estimate] = await router.estimates([{ ...BRYANT_PARK, paceMps: 5 }], COLUMBUS_CIRCLE);
  expect(estimate).toMatchObject({ by: 'demo_city' });
  expect(estimate!.durationS).toBeCloseTo(estimate!.distanceM / 5, 0);
  expect(estimate!.distanceM).toBeGreaterThan(distanceM(BRYANT_PARK, COLUMBUS_CIRCLE));
  const route = (await router.route({ ...BRYANT_PARK, paceMps: 5 }, COLUMBUS_CIRCLE))!;
  expect(route.distanceM).toBe(estimate!.distanceM);
  expect(distanceM(route.line.at(-1)!, COLUMBUS_CIRCLE)).toBeLessThan(40);
});

test('a route begins in the direction in which the car drives', async () => {
  const city = manhattan();
  const avenue = city.roads.findIndex(({ name }) => name === 'Park Avenue');
  const from = city.nodes.findIndex(({ edges }) => edges.some(({ road }) => road === avenue));
  const { to } = city.nodes[from]!.edges.find(({ road }) => road === avenue)!;
  const middle = {
    lat: (city.nodes[from]!.lat + city.nodes[to]!.lat) / 2,
    lng: (city.nodes[from]!.lng + city.nodes[to]!.lng) / 2,
  };
  const ends = await Promise.all(
    [29, 209].map(async (heading) => {
      const route = (await router.route({ ...middle, paceMps: 5, heading }, COLUMBUS_CIRCLE))!;
      return route.line[1]!;
    }),
  );
  expect(distanceM(ends[0]!, ends[1]!)).toBeGreaterThan(20);
  expect(ends[0]!.lat).toBeGreaterThan(middle.lat);
  expect(ends[1]!.lat).toBeLessThan(middle.lat);
});

test('outside of the city it knows how far the next street is, and estimates by the straight line', async () => {
  expect(await router.route({ ...TRENTON, paceMps: 5 }, COLUMBUS_CIRCLE)).toBeNull();
  const [estimate] = await router.estimates([{ ...TRENTON, paceMps: 5 }], COLUMBUS_CIRCLE);
  expect(estimate!.by).toBe('straight_line');
  expect((await router.nearest(TRENTON)).awayM).toBeGreaterThan(50_000);
  const { lat, lng } = await router.nearest(BRYANT_PARK);
  expect(snap(manhattan(), { lat, lng }).awayM).toBeLessThan(0.1);
});

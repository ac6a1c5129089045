import { expect, test } from 'vitest';
import { CityCar, manhattan, seeded, snap } from '#city';
import { distanceM } from '#geo';
import type { Position } from '#protocol';
import { ARRIVAL_RADIUS_M, POLL_MS, READING_MS } from './autoplay.js';
import { type Plan, planTrip } from './plan.js';

const city = manhattan();
const near = city.nodes.flatMap((node, id) => (distanceM(node, city.center) < 1_500 ? [id] : []));
const STEP_S = 0.25;
/** Time until the next button is pressed, s. */
const PRESS_S = (READING_MS + POLL_MS) / 1_000;

/** Cruises without a goal. */
function cruise(car: CityCar, seconds: number): void {
  for (let s = 0; s < seconds; s += STEP_S) car.step(STEP_S);
}

/** Drives to a place, and stands there while the next button is pressed. @returns the duration of both, s */
function driveTo(car: CityCar, place: Position): number {
  car.driveTo(snap(city, place));
  const isThere = () => distanceM(car.position, place) < ARRIVAL_RADIUS_M && car.speedMps < 2;
  let s = 0;
  for (let waitedS = 0; waitedS < PRESS_S; s += STEP_S) {
    if (waitedS > 0 || isThere()) waitedS += STEP_S;
    if (car.arrived) car.stand(STEP_S);
    car.step(STEP_S);
  }
  return s;
}

/** Plays a planned trip with a simulated car. @returns its duration from the request to its end, s */
function durationOf(seed: number): number {
  const random = seeded(seed);
  const car = new CityCar(city, near[Math.floor(random() * near.length)]!, random);
  let plan: Plan | null = null;
  for (; plan === null; plan = planTrip({ ...car.position, heading: car.heading }, [], 0, random))
    cruise(car, 5);
  // Until the offer is accepted, the car goes on.
  cruise(car, PRESS_S);
  return PRESS_S + driveTo(car, plan.pickup) + driveTo(car, plan.dropoff);
}

test('a planned trip takes less than a minute and a half, also with red lights', () => {
  const durations = Array.from({ length: 300 }, (_, seed) => durationOf(seed + 1));
  expect(durations.filter((s) => s >= 90)).toEqual([]);
});

test('a pick-up is nearer to the driver than to any other', () => {
  const driver = { ...city.nodes[near[0]!]!, heading: 29 };
  const other = city.nodes[near[1]!]!;
  for (let seed = 1; seed <= 20; seed += 1) {
    const plan = planTrip(driver, [other], 20, seeded(seed));
    if (plan !== null)
      expect(distanceM(plan.pickup, other)).toBeGreaterThanOrEqual(distanceM(plan.pickup, driver) + 20);
  }
  expect(planTrip(driver, [driver], 20)).toBeNull();
});

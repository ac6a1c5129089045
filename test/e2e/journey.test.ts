import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DriverPosition, isOpen, type Position, type Trip, type TripState } from '#protocol';
import type { DriverClient } from '#sdk';
import { inTurn } from '../fixtures/in-turn.js';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { type System, startSystem } from '../fixtures/system.js';
import { doublyHeld, keptTrips, overlaps, wrongWay } from '../fixtures/trip-audit.js';

const TOWNS = 10;
const RIDERS = 20;
const DRIVERS = 24;
const AT_ONCE = 40;
const STEPS = ['arriving', 'arrived', 'on_trip', 'completed'] as const;

let system: System;
let apps: Apps;
beforeAll(async () => {
  system = await startSystem({ env: { HEXFLEET_OFFER_MS: '2000' } });
  apps = new Apps(system);
});
afterAll(async () => {
  apps.closeAll();
  await system.stop();
});

type FirstAnswer = 'take' | 'decline' | 'leave';

/**
 * Accepts trips and drives them immediately; optionally declines or ignores the first offer.
 * @returns the offers received during another trip
 */
function work(driver: DriverClient, first: FirstAnswer, at: (metres: number) => Position): string[] {
  const disturbed: string[] = [];
  let offers = 0;
  let t = Date.now();
  let tripId: string | null = null;
  const fix = (metres: number) => {
    t = Math.max(t + 1, Date.now());
    driver.push({ t, ...at(metres) });
  };
  const drive = async (id: string) => {
    await driver.accept(id);
    tripId = id;
    for (const [i, step] of STEPS.entries()) {
      fix(i);
      await driver.drained();
      await driver.step(id, step);
    }
    // After the end it is no longer visible.
    fix(9);
  };
  driver.on('trip', ({ state }) => {
    if (!isOpen(state)) tripId = null;
  });
  driver.on('offer', (offer) => {
    if (tripId !== null) disturbed.push(offer.tripId);
    const answer = offers++ === 0 ? first : 'take';
    // On a busy machine an answer may come too late; then another driver gets the offer.
    if (answer === 'decline') driver.decline(offer.tripId).catch(() => {});
    if (answer === 'take') drive(offer.tripId).catch(() => {});
  });
  return disturbed;
}

test('200 concurrent trips: each completes, is reported in order and has a driver of its own', async () => {
  const places = placesFrom(-40);
  const towns = Array.from({ length: TOWNS }, places);
  const desk = await apps.dispatch('desk');
  const ended = new Map<string, Trip>();
  desk.on('trip', (trip) => !isOpen(trip.state) && ended.set(trip.id, trip));
  await desk.watchTrips();

  const spots = towns.flatMap((town, i) => Array.from({ length: DRIVERS }, (_, k) => ({ town, i, k })));
  const disturbed = await inTurn(spots, AT_ONCE, async ({ town, i, k }) => {
    const at = (metres: number) => north(town, 50 * (k + 1) + metres);
    const driver = await apps.driverAt(`car-${i}-${k}`, at(0));
    return work(driver, k % 8 === 0 ? 'leave' : k % 8 === 1 ? 'decline' : 'take', at);
  });

  type Told = { trip?: Trip; states: TripState[]; seen: DriverPosition[]; late: DriverPosition[] };
  const riders = towns.flatMap((town, i) => Array.from({ length: RIDERS }, (_, k) => ({ town, i, k })));
  const told = await inTurn(riders, AT_ONCE, async ({ town, i, k }) => {
    const rider = await apps.rider(`rider-${i}-${k}`);
    const told: Told = { states: [], seen: [], late: [] };
    rider.on('trip', (trip) => {
      told.trip = trip;
      told.states.push(trip.state);
    });
    rider.on('position', (position) =>
      (told.trip && isOpen(told.trip.state) ? told.seen : told.late).push(position),
    );
    return { told, request: () => rider.requestTrip({ pickup: north(town, 25 * k), dropoff: town }) };
  });

  let isRunning = true;
  const held: string[] = [];
  const auditing = (async () => {
    while (isRunning) held.push(...doublyHeld(await keptTrips(system.redis.client)));
  })();
  await Promise.all(told.map(({ request }) => request()));
  await expect.poll(() => ended.size, { timeout: 45_000 }).toBe(TOWNS * RIDERS);
  isRunning = false;
  await auditing;

  expect(held, 'drivers with two trips').toEqual([]);
  expect(disturbed.flat(), 'asked during a trip').toEqual([]);
  const trips = [...ended.values()];
  expect(trips.filter(({ state }) => state !== 'completed')).toEqual([]);
  expect(overlaps(trips)).toEqual([]);
  expect(await keptTrips(system.redis.client)).toHaveLength(TOWNS * RIDERS);
  await expect
    .poll(() => told.map(({ told }) => wrongWay(told.states)).filter((way) => way !== null))
    .toEqual([]);
  for (const {
    told: { trip, seen, late },
  } of told) {
    expect(new Set(seen.map(({ driverId }) => driverId))).toEqual(new Set([trip!.driverId]));
    expect(late).toEqual([]);
    expect(seen.filter(({ t }) => t > trip!.changedAt)).toEqual([]);
  }
  await expect.poll(() => system.redis.client.keys('open-trip:*')).toEqual([]);
}, 120_000);

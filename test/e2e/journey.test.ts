import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DriverPosition, isOpen, type Position, type Trip, type TripState } from '#protocol';
import type { DriverClient } from '#sdk';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import { type System, startSystem } from '../fixtures/system.js';
import { driversWithTwoTrips, invalidStates, overlaps, storedTrips } from '../fixtures/trip-audit.js';

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
  const dispatcher = await apps.dispatch('desk');
  const ended = new Map<string, Trip>();
  dispatcher.on('trip', (trip) => !isOpen(trip.state) && ended.set(trip.id, trip));
  await dispatcher.watchTrips();

  const spots = towns.flatMap((town, i) => Array.from({ length: DRIVERS }, (_, k) => ({ town, i, k })));
  const disturbed = await mapConcurrently(spots, AT_ONCE, async ({ town, i, k }) => {
    const at = (metres: number) => north(town, 50 * (k + 1) + metres);
    const driver = await apps.driverAt(`car-${i}-${k}`, at(0));
    return work(driver, k % 8 === 0 ? 'leave' : k % 8 === 1 ? 'decline' : 'take', at);
  });

  type Received = { trip?: Trip; states: TripState[]; seen: DriverPosition[]; late: DriverPosition[] };
  const riders = towns.flatMap((town, i) => Array.from({ length: RIDERS }, (_, k) => ({ town, i, k })));
  const received = await mapConcurrently(riders, AT_ONCE, async ({ town, i, k }) => {
    const rider = await apps.rider(`rider-${i}-${k}`);
    const received: Received = { states: [], seen: [], late: [] };
    rider.on('trip', (trip) => {
      received.trip = trip;
      received.states.push(trip.state);
    });
    rider.on('position', (position) =>
      (received.trip && isOpen(received.trip.state) ? received.seen : received.late).push(position),
    );
    return { received, request: () => rider.requestTrip({ pickup: north(town, 25 * k), dropoff: town }) };
  });

  let isRunning = true;
  const doublyAssigned: string[] = [];
  const auditing = (async () => {
    while (isRunning) doublyAssigned.push(...driversWithTwoTrips(await storedTrips(system.redis.client)));
  })();
  try {
    await Promise.all(received.map(({ request }) => request()));
    await expect.poll(() => ended.size, { timeout: 45_000 }).toBe(TOWNS * RIDERS);
  } finally {
    isRunning = false;
    await auditing;
  }

  expect(doublyAssigned, 'drivers with two trips').toEqual([]);
  expect(disturbed.flat(), 'offers during a trip').toEqual([]);
  const trips = [...ended.values()];
  expect(trips.filter(({ state }) => state !== 'completed')).toEqual([]);
  expect(overlaps(trips)).toEqual([]);
  expect(await storedTrips(system.redis.client)).toHaveLength(TOWNS * RIDERS);
  await expect
    .poll(() => received.map(({ received }) => invalidStates(received.states)).filter((way) => way !== null))
    .toEqual([]);
  for (const {
    received: { trip, seen, late },
  } of received) {
    expect(new Set(seen.map(({ driverId }) => driverId))).toEqual(new Set([trip!.driverId]));
    expect(late).toEqual([]);
    expect(seen.filter(({ t }) => t > trip!.changedAt)).toEqual([]);
  }
  await expect.poll(() => system.redis.client.keys('open-trip:*')).toEqual([]);
}, 120_000);

import { afterAll, beforeAll, describe, type ExpectStatic, test } from 'vitest';
import type { Sampling, Trip } from '#protocol';
import { DriverClient } from '#sdk';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem, stopService } from '../fixtures/system.js';

const FAST = { intervalMs: 1_000, minDistanceM: 0 };
const MIDDLE = { intervalMs: 3_000, minDistanceM: 10 };
const SLOW = { intervalMs: 10_000, minDistanceM: 25 };

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const open: StockClient[] = [];
afterAll(() => {
  for (const { socket } of open) socket.disconnect();
});

async function client(node: 0 | 1, namespace: string, role: 'driver' | 'rider' | 'dispatcher', sub: string) {
  const connected = await connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  open.push(connected);
  return connected;
}

const send = async (expect: ExpectStatic, driver: StockClient, place: { lat: number; lng: number }) =>
  expect(await ask(driver, 'fixes', [{ t: Date.now(), ...place }])).toMatchObject({ accepted: 1 });

const intervals = (driver: StockClient) => pushes(driver, 'sampling');
const interval = (driver: StockClient) => intervals(driver).at(-1);

/** Sends a fix each second until the driver has this update interval. */
async function sendUntilSampling(
  expect: ExpectStatic,
  driver: StockClient,
  place: { lat: number; lng: number },
  sampling: object,
) {
  await expect
    .poll(
      async () => {
        await send(expect, driver, place);
        return interval(driver);
      },
      { interval: 1_000, timeout: 30_000 },
    )
    .toEqual(sampling);
}

async function openTrip(riderId: string, driverId: string, place: object): Promise<Trip> {
  const token = await system.token('service', 'dispatch');
  const parties = { riderId, driverId, pickup: place, dropoff: place };
  return (await rest(`${system.url}/api/trips`, 'POST', token, parties)).body;
}

// These tests mostly wait.
describe.concurrent('the update interval of a driver depends on who is watching', () => {
  test('is slow when unwatched, fast while a rider follows the trip, and slow again after it', async ({
    expect,
  }) => {
    const place = { lat: 40.75, lng: -73.99 };
    const driver = await client(0, '/driver', 'driver', 'd-trip');
    const other = await client(1, '/driver', 'driver', 'd-other');
    await expect.poll(() => intervals(driver)).toEqual([FAST]);
    await send(expect, driver, place);
    await expect.poll(() => intervals(driver)).toEqual([FAST, SLOW]);

    const rider = await client(1, '/rider', 'rider', 'r-trip');
    const trip = await openTrip('r-trip', 'd-trip', place);
    expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true });
    // Nothing is sent meanwhile, so it is not found by its next fix.
    await expect.poll(() => intervals(driver)).toEqual([FAST, SLOW, FAST]);
    await send(expect, driver, place);
    await expect.poll(() => pushes(rider, 'position')).toHaveLength(1);

    const token = await system.token('service', 'dispatch');
    await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', token, { state: 'cancelled' });
    await sendUntilSampling(expect, driver, place, SLOW);
    expect(intervals(driver)).toEqual([FAST, SLOW, FAST, SLOW]);
    expect(intervals(other)).toEqual([FAST]);
  });

  test('is medium for an available car near a rider, and fast when a dispatcher follows it', async ({
    expect,
  }) => {
    const place = { lat: 41.1, lng: -73.2 };
    const driver = await client(0, '/driver', 'driver', 'd-near');
    await send(expect, driver, place);
    await expect.poll(() => interval(driver)).toEqual(SLOW);
    const rider = await client(1, '/rider', 'rider', 'r-near');
    expect(await ask(rider, 'nearby:watch', { ...place, radiusM: 300 })).toMatchObject({ ok: true });
    await expect.poll(() => interval(driver)).toEqual(MIDDLE);
    const dispatcher = await client(1, '/dispatch', 'dispatcher', 'desk-near');
    expect(await ask(dispatcher, 'driver:watch', { driverId: 'd-near' })).toMatchObject({ ok: true });
    await expect.poll(() => interval(driver)).toEqual(FAST);
    await ask(dispatcher, 'driver:unwatch', { driverId: 'd-near' });
    await sendUntilSampling(expect, driver, place, MIDDLE);
    await ask(rider, 'nearby:unwatch', {});
    await sendUntilSampling(expect, driver, place, SLOW);
  });

  test('is medium for all cars on a dispatch map', async ({ expect }) => {
    const place = { lat: 42.3, lng: -71.1 };
    const driver = await client(0, '/driver', 'driver', 'd-map');
    await send(expect, driver, place);
    await expect.poll(() => interval(driver)).toEqual(SLOW);
    const dispatcher = await client(1, '/dispatch', 'dispatcher', 'desk-map');
    await ask(dispatcher, 'fleet:watch', { bbox: [-71.2, 42.2, -71, 42.4], zoom: 14 });
    await expect.poll(() => interval(driver)).toEqual(MIDDLE);
  });
});

test.concurrent('the SDK client respects the update interval, and sends the fixes it held back once it is followed', async ({
  expect,
}) => {
  const place = { lat: 44.9, lng: -93.2 };
  const driver = new DriverClient({ url: system.url, token: await system.token('driver', 'd-sdk') });
  let received: Sampling | null = null;
  driver.on('sampling', (sampling) => {
    received = sampling;
  });
  const acked: number[] = [];
  driver.on('acked', (fixes) => acked.push(...fixes.map(({ t }) => t)));
  await driver.connect();
  const from = Date.now() - 10_000;
  driver.report({ t: from, ...place });
  await expect.poll(() => received).toEqual(SLOW);
  for (let s = 1; s <= 5; s += 1) driver.report({ t: from + s * 1_000, ...place });
  expect(driver.waiting).toBe(0);
  const dispatcher = await client(1, '/dispatch', 'dispatcher', 'desk-sdk');
  await ask(dispatcher, 'driver:watch', { driverId: 'd-sdk' });
  await expect.poll(() => pushes(dispatcher, 'position').map(({ t }) => t)).toEqual([from + 5_000]);
  await expect.poll(() => acked).toEqual([from, from + 5_000]);
  driver.close();
});

test('the update interval is sent again by a processor that takes over', async ({ expect }) => {
  const place = { lat: 43.6, lng: -79.4 };
  const driver = await client(0, '/driver', 'driver', 'd-taken');
  await send(expect, driver, place);
  await expect.poll(() => intervals(driver)).toEqual([FAST, SLOW]);
  await stopService(system.processors[0]!);
  await system.startProcessor('processor-2');
  await send(expect, driver, place);
  await expect.poll(() => intervals(driver), { timeout: 20_000 }).toEqual([FAST, SLOW, SLOW]);
});

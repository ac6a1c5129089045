import { afterEach, expect } from 'vitest';
import { RecentDrivers } from '#store';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { Apps, north } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PLACE = { lat: 10, lng: 20 };

let system: System;
let apps: Apps;
const sockets: StockClient[] = [];
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
});
afterEach(() => {
  apps.closeAll();
  for (const { socket } of sockets.splice(0)) socket.disconnect();
});

/** Returns the error code of a read, or `seen`. */
async function read(role: 'rider' | 'driver', sub: string, path: string): Promise<string> {
  const { status, body } = await rest(`${system.url}/api${path}`, 'GET', await system.token(role, sub));
  return status === 200 ? 'seen' : body.code;
}

async function listen(node: number, riderId: string): Promise<StockClient> {
  const client = await connectStock(
    system.gateways[node]!.url,
    '/rider',
    await system.token('rider', riderId),
  );
  sockets.push(client);
  return client;
}

test('a rider sees the driver from acceptance to the end of the trip, and nobody else does', async () => {
  const driver = await apps.driverAt('seen-driver', north(PLACE, 100));
  const rider = await apps.rider('seen-rider');
  const own = await listen(0, 'seen-rider');
  const stranger = await listen(1, 'other-rider');
  const offered = driver.once('offer');
  const trip = await rider.requestTrip({ pickup: PLACE, dropoff: PLACE });
  await offered;
  const readAll = async (riderId: string) => ({
    trip: await read('rider', riderId, `/trips/${trip.id}`),
    position: await read('rider', riderId, '/drivers/seen-driver/position'),
    track: await read('rider', riderId, `/drivers/seen-driver/track?tripId=${trip.id}`),
    card: await read('rider', riderId, '/drivers/seen-driver'),
    nodes: await read('rider', riderId, '/nodes'),
  });
  const never = { card: 'WRONG_ROLE', nodes: 'WRONG_ROLE' };
  const nothing = { trip: 'NOT_YOUR_TRIP', position: 'NOT_YOUR_TRIP', track: 'NOT_YOUR_TRIP', ...never };
  const push = async (metres: number) => {
    driver.push({ t: Date.now(), ...north(PLACE, metres) });
    await driver.drained();
  };

  expect(await ask(own, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true, position: null });
  await push(90);
  expect(await readAll('seen-rider'), 'while the offer is open').toEqual({ ...nothing, trip: 'seen' });
  expect(await read('driver', 'other-driver', '/drivers/seen-driver/position')).toBe('WRONG_ROLE');

  await driver.accept(trip.id);
  expect(await ask(own, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true });
  await push(80);
  await expect.poll(() => pushes(own, 'position').length).toBe(1);
  expect(await readAll('seen-rider'), 'on the way').toEqual({
    trip: 'seen',
    position: 'seen',
    track: 'seen',
    ...never,
  });
  expect(await readAll('other-rider')).toEqual(nothing);
  expect(await ask(stranger, 'trip:watch', { tripId: trip.id })).toMatchObject({ code: 'NOT_YOUR_TRIP' });

  for (const step of ['arriving', 'arrived', 'on_trip', 'completed'] as const)
    await driver.step(trip.id, step);
  await expect.poll(() => pushes(own, 'trip').at(-1)).toMatchObject({ state: 'completed' });
  await push(70);
  expect(await readAll('seen-rider'), 'after the end').toEqual({
    trip: 'seen',
    position: 'NOT_YOUR_TRIP',
    track: 'seen',
    ...never,
  });
  expect(await ask(own, 'trip:watch', { tripId: trip.id })).toMatchObject({ code: 'TRIP_OVER' });
  for (const riderId of ['seen-rider', 'other-rider']) {
    const nearby = await rest(
      `${system.url}/api/nearby?lat=${PLACE.lat}&lng=${PLACE.lng}&radiusM=1000`,
      'GET',
      await system.token('rider', riderId),
    );
    expect(nearby.body.cars, 'the car is hidden after the trip').toEqual([]);
  }
  const recent = new RecentDrivers(system.redis.client);
  expect([...(await recent.of('seen-rider', Date.now()))]).toEqual(['seen-driver']);
  expect((await recent.of('other-rider', Date.now())).size).toBe(0);
  expect(pushes(own, 'position')).toHaveLength(1);
  expect(JSON.stringify(stranger.received)).not.toContain('seen-driver');
});

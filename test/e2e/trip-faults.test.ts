import { afterEach, expect } from 'vitest';
import { type Position, type Role, type Trip } from '#protocol';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const nextPlace = placesFrom(10, 60);

let system: System;
const open: StockClient[] = [];

test.beforeAll(async ({ system: shared }) => {
  system = shared;
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

const call = async (role: Role, sub: string, method: string, path = '', body?: unknown, key?: string) =>
  rest(`${system.url}/api/trips${path}`, method, await system.token(role, sub), body, key);

const change = (role: Role, sub: string, { id }: Trip, body: object, key?: string) =>
  call(role, sub, 'PATCH', `/${id}`, body, key);

async function client(namespace: string, role: Role, sub: string): Promise<StockClient> {
  const connected = await connectStock(system.url, namespace, await system.token(role, sub));
  open.push(connected);
  return connected;
}

const statusOf = async (driverId: string) =>
  (await rest(`${system.url}/api/drivers/${driverId}`, 'GET', await system.token('service', 's'))).body
    .status;

async function driverAt(driverId: string, place: Position): Promise<StockClient> {
  const driver = await client('/driver', 'driver', driverId);
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', [{ t: Date.now(), ...place }]);
  await expect.poll(() => statusOf(driverId)).toBe('available');
  return driver;
}

const stored = async ({ id }: Trip) => JSON.parse((await system.redis.client.hget(`trip:${id}`, 'trip'))!);

/** Waits until a gateway has finished offering a trip: it schedules the trip last, and would overwrite an earlier due time. */
const offeredCompletely = (trip: Trip) =>
  expect
    .poll(async () => {
      const { offer } = await stored(trip);
      return offer !== null && Number(await system.redis.client.zscore('trips', trip.id)) > offer.expiresAt;
    })
    .toBe(true);

test('a driver who declined gets no further updates of the trip, however often the decline is repeated', async () => {
  const place = nextPlace();
  const driver = await driverAt('declined', place);
  const { body: trip } = await call('rider', 'fault-d-rider', 'POST', '', { pickup: place, dropoff: place });
  await expect.poll(() => pushes(driver, 'offer')).toHaveLength(1);
  const decline = (key?: string) => change('driver', 'declined', trip, { state: 'requested' }, key);
  const declined = { status: 200, body: { id: trip.id, state: 'requested' } };
  expect(await decline('once')).toEqual(declined);
  await change('dispatcher', 'desk', trip, { state: 'accepted', driverId: 'fault-d-other' });
  // Nothing else of the trip, so neither its new driver nor when that one comes.
  expect(await decline('once')).toEqual(declined);
  expect((await decline()).body.code).toBe('OFFER_OVER');
  expect(pushes(driver, 'trip')).toEqual([]);
  await change('service', 's', trip, { state: 'cancelled' });
});

test('a change without effect is pushed to nobody', async () => {
  const place = nextPlace();
  const request = { riderId: 'fault-n-rider', driverId: 'fault-n-driver', pickup: place, dropoff: place };
  const rider = await client('/rider', 'rider', 'fault-n-rider');
  const { body: trip } = await call('service', 's', 'POST', '', request);
  await change('driver', 'fault-n-driver', trip, { state: 'arriving' });
  for (let i = 0; i < 5; i += 1) await change('driver', 'fault-n-driver', trip, { state: 'arriving' });
  await change('driver', 'fault-n-driver', trip, { state: 'arrived' });
  const states = () => pushes(rider, 'trip').map(({ state }) => state);
  await expect.poll(() => states().at(-1)).toBe('arrived');
  expect(states()).toEqual(['accepted', 'arriving', 'arrived']);
  await change('service', 's', trip, { state: 'cancelled' });
});

test('repeating the completion of a trip ends neither the break nor the next trip of its driver', async () => {
  const place = nextPlace();
  const driver = await driverAt('fault-e-driver', place);
  const parties = { riderId: 'fault-e-rider', driverId: 'fault-e-driver', pickup: place, dropoff: place };
  const { body: first } = await call('service', 's', 'POST', '', parties);
  const cancel = () => change('rider', 'fault-e-rider', first, { state: 'cancelled' }, 'end');
  await cancel();
  await expect.poll(() => statusOf('fault-e-driver')).toBe('available');
  await ask(driver, 'status', 'busy');
  await expect.poll(() => statusOf('fault-e-driver')).toBe('busy');
  await cancel();
  // Later events pass through the same stream, after it.
  const later = Date.now();
  await ask(driver, 'fixes', [{ t: later, ...place }]);
  const service = await system.token('service', 's');
  const state = async () => (await rest(`${system.url}/api/drivers/fault-e-driver`, 'GET', service)).body;
  await expect.poll(async () => (await state()).position.t).toBe(later);
  expect(await statusOf('fault-e-driver')).toBe('busy');

  const { body: next } = await call('service', 's', 'POST', '', parties);
  const rider = await client('/rider', 'rider', 'fault-e-rider');
  await ask(rider, 'trip:watch', { tripId: next.id });
  await cancel();
  const t = Date.now();
  await ask(driver, 'fixes', [{ t, ...place }]);
  await expect.poll(() => pushes(rider, 'position').at(-1)?.t).toBe(t);
  await change('service', 's', next, { state: 'cancelled' });
});

test('a driver who requests a break during a trip has one after it, unless the request is withdrawn', async () => {
  const place = nextPlace();
  const driver = await driverAt('fault-b-driver', place);
  const parties = { riderId: 'fault-b-rider', driverId: 'fault-b-driver', pickup: place, dropoff: place };
  const statusAfterFix = async () => {
    const t = Date.now();
    await ask(driver, 'fixes', [{ t, ...place }]);
    const service = await system.token('service', 's');
    const state = async () => (await rest(`${system.url}/api/drivers/fault-b-driver`, 'GET', service)).body;
    await expect.poll(async () => (await state()).position.t).toBe(t);
    return statusOf('fault-b-driver');
  };
  for (const [requested, after] of [
    [['busy'], 'busy'],
    [['busy', 'available'], 'available'],
    [['available'], 'available'],
  ] as const) {
    const { body: trip } = await call('service', 's', 'POST', '', parties);
    for (const status of requested) await ask(driver, 'status', status);
    expect(await statusAfterFix(), 'on the trip').toBe('busy');
    await change('service', 's', trip, { state: 'cancelled' });
    expect(await statusAfterFix(), 'after it').toBe(after);
    await ask(driver, 'status', 'available');
    expect(await statusAfterFix(), 'without a trip').toBe('available');
  }
});

test('a half-made assignment by a gateway that died is cancelled when the driver already has a trip', async () => {
  const place = nextPlace();
  const parties = { driverId: 'two', pickup: place, dropoff: place };
  const { body: first } = await call('service', 's', 'POST', '', { ...parties, riderId: 'two-1' });
  const { body: second } = await call('rider', 'two-2', 'POST', '', { pickup: place, dropoff: place });
  // The state after the trip is written and before the driver's other trip is noticed.
  const redis = system.redis.client;
  const { version } = await stored(second);
  const left = { ...(await stored(second)), state: 'accepted', driverId: 'two', offer: null, version };
  await redis.hset(`trip:${second.id}`, 'trip', JSON.stringify(left));
  await redis.zadd('trips', Date.now(), second.id);
  await expect
    .poll(async () => (await call('service', 's', 'GET', `/${second.id}`)).body)
    .toMatchObject({ state: 'cancelled', cancelled: { by: 'service' } });
  expect((await call('driver', 'two', 'GET')).body.trips).toMatchObject([{ id: first.id }]);
  await change('service', 's', first, { state: 'cancelled' });
});

test('an offer whose gateway died before reserving the driver is either completed or withdrawn', async () => {
  const place = nextPlace();
  await driverAt('fault-h-driver', place);
  const { body: trip } = await call('rider', 'fault-h-rider', 'POST', '', { pickup: place, dropoff: place });
  const { client: redis } = system.redis;
  const cutOff = async (pointer: string | null) => {
    await offeredCompletely(trip);
    await (pointer === null
      ? redis.del('open-trip:fault-h-driver')
      : redis.set('open-trip:fault-h-driver', pointer));
    await redis.zadd('trips', 'XX', 0, trip.id);
  };
  await cutOff(null);
  await expect.poll(() => redis.get('open-trip:fault-h-driver')).toBe(trip.id);
  const parties = { riderId: 'fault-h-other', driverId: 'fault-h-driver', pickup: place, dropoff: place };
  await redis.del('open-trip:fault-h-driver');
  const { body: other } = await call('service', 's', 'POST', '', parties);
  await cutOff(other.id);
  await expect.poll(async () => (await stored(trip)).offer).toBe(null);
  for (const it of [trip, other]) await change('service', 's', it, { state: 'cancelled' });
});

test('an offer whose gateway died before sending it is sent by another gateway', async () => {
  const place = nextPlace();
  const driver = await driverAt('untold', place);
  const { body: trip } = await call('rider', 'fault-u-rider', 'POST', '', { pickup: place, dropoff: place });
  await expect.poll(() => pushes(driver, 'offer')).toHaveLength(1);
  await offeredCompletely(trip);
  await system.redis.client.zadd('trips', 'XX', Date.now(), trip.id);
  await expect.poll(() => pushes(driver, 'offer')).toHaveLength(2);
  await change('service', 's', trip, { state: 'cancelled' });
});

test('an available driver is found behind nearer drivers who all have offers', async () => {
  const place = nextPlace();
  const near = await Promise.all(Array.from({ length: 6 }, (_, i) => driverAt(`near-${i}`, place)));
  const far = await driverAt('behind', { ...place, lat: place.lat + 0.01 });
  for (let i = 0; i < 6; i += 1)
    await call('rider', `crowd-${i}`, 'POST', '', { pickup: place, dropoff: place });
  await expect.poll(() => near.filter((driver) => pushes(driver, 'offer').length > 0).length).toBe(6);
  await call('rider', 'crowd-6', 'POST', '', { pickup: place, dropoff: place });
  await expect.poll(() => pushes(far, 'offer')).toHaveLength(1);
  for (let i = 0; i < 7; i += 1) {
    const [trip] = (await call('rider', `crowd-${i}`, 'GET')).body.trips;
    await change('service', 's', trip, { state: 'cancelled' });
  }
});

test('assigning an unavailable driver does not withdraw the current offer of another driver', async () => {
  const place = nextPlace();
  const offered = await driverAt('kept', place);
  const parties = { riderId: 'fault-k-busy', driverId: 'fault-k-driver', pickup: place, dropoff: place };
  const { body: other } = await call('service', 's', 'POST', '', parties);
  const { body: trip } = await call('rider', 'fault-k-rider', 'POST', '', { pickup: place, dropoff: place });
  await expect.poll(() => pushes(offered, 'offer')).toHaveLength(1);
  const assigned = await change('dispatcher', 'desk', trip, {
    state: 'accepted',
    driverId: 'fault-k-driver',
  });
  expect(assigned.body.code).toBe('DRIVER_ON_TRIP');
  expect((await change('driver', 'kept', trip, { state: 'accepted' })).body).toMatchObject({
    driverId: 'kept',
  });
  expect(pushes(offered, 'offer:over')).toEqual([]);
  for (const each of [trip, other]) await change('service', 's', each, { state: 'cancelled' });
});

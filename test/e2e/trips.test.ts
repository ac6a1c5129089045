import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect } from 'vitest';
import type { Trip } from '#protocol';
import { roughly } from '#trips';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { endSearch, expireOffer, north, placesFrom, searchAgain } from '../fixtures/journey.js';
import { metricsOf } from '../fixtures/prometheus.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import { storedTrips } from '../fixtures/trip-audit.js';

const PICKUP = { lat: 40.75, lng: -73.99 };
const DROPOFF = { lat: 40.76, lng: -73.98 };

const nextPlace = placesFrom(10, 30);

let system: System;
const open: StockClient[] = [];

test.beforeAll(async ({ system: shared }) => {
  system = shared;
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

async function client(node: number, namespace: string, role: 'driver' | 'rider' | 'dispatcher', sub: string) {
  const connected = await connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  open.push(connected);
  return connected;
}

async function call(
  role: 'driver' | 'rider' | 'dispatcher' | 'service',
  sub: string,
  method: string,
  path: string,
  body?: unknown,
  key?: string,
) {
  return rest(`${system.url}/api/trips${path}`, method, await system.token(role, sub), body, key);
}

/** Connects an available driver and waits until the index has it. */
async function driverAt(
  driverId: string,
  place: { lat: number; lng: number },
  node = 0,
): Promise<StockClient> {
  const driver = await client(node, '/driver', 'driver', driverId);
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', [{ t: Date.now(), ...place }]);
  const service = await system.token('service', 's');
  await expect
    .poll(async () => (await rest(`${system.url}/api/drivers/${driverId}`, 'GET', service)).body.status)
    .toBe('available');
  return driver;
}

test('exactly one process exports the number of open trips by state to Prometheus', async () => {
  const { body: trip } = await call('rider', 'm-rider', 'POST', '', {
    pickup: nextPlace(),
    dropoff: DROPOFF,
  });
  const processes = [...system.gateways, ...system.processors.map(({ ready }) => ready)];
  const openTrips = async () => {
    const texts = await Promise.all(processes.map(metricsOf));
    expect(texts.filter((text) => text.includes('hexfleet_open_trips{'))).toHaveLength(1);
    return Object.fromEntries(
      [...texts.join('\n').matchAll(/hexfleet_open_trips\{state="(\w+)".*\} (\d+)/g)].map(([, state, n]) => [
        state,
        +n!,
      ]),
    );
  };
  // Other files of this worker may have left trips open.
  const stored = async () => {
    const counts = { requested: 0, offered: 0, accepted: 0, arriving: 0, arrived: 0, on_trip: 0 };
    for (const { state } of await storedTrips(system.redis.client))
      if (state in counts) counts[state as keyof typeof counts] += 1;
    return counts;
  };
  expect((await stored()).requested).toBeGreaterThan(0);
  const differences = async () => {
    const [exported, expected] = [await openTrips(), await stored()];
    return Object.entries(expected).filter(([state, count]) => exported[state] !== count);
  };
  await expect.poll(differences).toEqual([]);
  await call('rider', 'm-rider', 'PATCH', `/${trip.id}`, { state: 'cancelled' });
  await expect.poll(differences).toEqual([]);
});

describe('a trip request', () => {
  test('is offered to the nearest driver, accepted, driven, and every change is pushed to both parties and dispatch', async () => {
    const place = nextPlace();
    const near = await driverAt('trip-way-near', north(place, 200), 0);
    const far = await driverAt('trip-way-far', north(place, 900), 1);
    const rider = await client(1, '/rider', 'rider', 'trip-way-rider');
    const dispatcher = await client(0, '/dispatch', 'dispatcher', 'trip-way-desk');
    const stranger = await client(0, '/rider', 'rider', 'trip-way-stranger');
    expect(await ask(dispatcher, 'trips:watch', {})).toMatchObject({ ok: true });

    const request = { pickup: place, dropoff: north(place, 3_000) };
    const { status, body: trip } = await call('rider', 'trip-way-rider', 'POST', '', request);
    expect(status).toBe(201);
    expect(trip).toMatchObject({ state: 'requested', riderId: 'trip-way-rider', driverId: null });
    await expect.poll(() => pushes(near, 'offer')).toHaveLength(1);
    const [offer] = pushes(near, 'offer');
    expect(offer).toMatchObject({
      tripId: trip.id,
      driverId: 'trip-way-near',
      by: 'straight_line',
      pickup: place,
      dropoff: roughly(request.dropoff),
      tripDistanceM: 4_000,
    });
    expect(offer!.tripDurationS! % 60).toBe(0);
    const asOffered = await call('driver', 'trip-way-near', 'GET', `/${trip.id}`);
    expect(asOffered.body).toMatchObject({ riderId: '', pickup: place, dropoff: roughly(request.dropoff) });
    expect(offer!.distanceM).toBeGreaterThan(200);
    expect(offer!.durationS).toBeGreaterThan(10);
    await expect.poll(() => pushes(rider, 'trip').at(-1)).toMatchObject({ state: 'offered', offer: null });
    expect(JSON.stringify(rider.received), 'the offered driver is hidden from the rider').not.toContain(
      'trip-way-near',
    );

    const taken = await call('driver', 'trip-way-near', 'PATCH', `/${trip.id}`, { state: 'accepted' });
    const driven = { driverId: 'trip-way-near', riderId: 'trip-way-rider', ...request };
    expect(taken.body).toMatchObject({ id: trip.id, state: 'accepted', ...driven });
    await expect.poll(() => pushes(rider, 'trip').at(-1)).toMatchObject({ state: 'accepted' });
    expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({
      ok: true,
      position: { driverId: 'trip-way-near' },
    });
    await expect
      .poll(() => pushes(rider, 'eta').at(-1))
      .toMatchObject({
        tripId: trip.id,
        eta: { to: 'pickup', by: 'straight_line' },
      });
    for (const state of ['arriving', 'arrived', 'on_trip'])
      await call('driver', 'trip-way-near', 'PATCH', `/${trip.id}`, { state });
    await expect.poll(() => pushes(rider, 'eta').at(-1)).toMatchObject({ eta: { to: 'dropoff' } });
    const completed = await call('driver', 'trip-way-near', 'PATCH', `/${trip.id}`, { state: 'completed' });
    const rough = { pickup: roughly(place), dropoff: roughly(request.dropoff) };
    expect(completed.body).toMatchObject({ state: 'completed', riderId: '', ...rough });
    await expect.poll(() => pushes(near, 'trip').at(-1)).toMatchObject({ riderId: '', ...rough });

    const states = ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed'];
    // Other files of this worker may have left trips open.
    const receivedStates = (who: StockClient) =>
      pushes(who, 'trip').flatMap(({ id, state }: Trip) => (id === trip.id ? [state] : []));
    await expect.poll(() => receivedStates(rider)).toEqual(states);
    await expect.poll(() => receivedStates(dispatcher)).toEqual(states);
    await expect.poll(() => receivedStates(near)).toEqual(states.slice(2));
    expect([...pushes(far, 'offer'), ...pushes(far, 'trip')]).toEqual([]);
    expect(stranger.received.filter(({ event }) => event !== 'hello')).toEqual([]);
    expect((await call('driver', 'trip-way-near', 'GET', '')).body).toEqual({ trips: [] });
    const service = await system.token('service', 's');
    await expect
      .poll(async () => (await rest(`${system.url}/api/drivers/trip-way-near`, 'GET', service)).body.status)
      .toBe('available');
  });

  test('goes to the next driver after a decline or no answer, and never back to the same one', async () => {
    const place = nextPlace();
    const first = await driverAt('next-1', north(place, 100));
    const second = await driverAt('next-2', north(place, 300), 1);
    const { body: trip } = await call('rider', 'next-rider', 'POST', '', { pickup: place, dropoff: place });
    await expect.poll(() => pushes(first, 'offer')).toHaveLength(1);
    const declined = await call('driver', 'next-1', 'PATCH', `/${trip.id}`, { state: 'requested' });
    expect(declined).toMatchObject({ status: 200, body: { state: 'requested' } });
    await expect.poll(() => pushes(first, 'offer:over')).toEqual([{ tripId: trip.id, reason: 'withdrawn' }]);
    await expect.poll(() => pushes(second, 'offer')).toHaveLength(1);
    await expireOffer(system, trip.id);
    await expect.poll(() => pushes(second, 'offer:over')).toEqual([{ tripId: trip.id, reason: 'expired' }]);
    expect(pushes(first, 'offer')).toHaveLength(1);
    const late = await call('driver', 'next-2', 'PATCH', `/${trip.id}`, { state: 'accepted' });
    expect(late).toMatchObject({ status: 409, body: { code: 'OFFER_OVER', retry: false } });
    await endSearch(system, trip.id);
    await expect
      .poll(async () => (await call('rider', 'next-rider', 'GET', `/${trip.id}`)).body)
      .toMatchObject({ state: 'cancelled', cancelled: { by: 'service', reason: 'no_driver' } });
    expect((await call('rider', 'next-rider', 'GET', '')).body).toEqual({ trips: [] });
  });

  test('goes first to drivers whose app is connected, and to the others when these decline', async () => {
    const place = nextPlace();
    const closed = await driverAt('reach-closed', north(place, 100));
    const open = await driverAt('reach-open', north(place, 900), 1);
    closed.socket.disconnect();
    const reachable = async () =>
      (await system.redis.client.pubsub('SHARDCHANNELS', '*reach-closed*')).length;
    await expect.poll(reachable).toBe(0);
    const { body: trip } = await call('rider', 'reach-rider', 'POST', '', { pickup: place, dropoff: place });
    await expect.poll(() => pushes(open, 'offer')).toMatchObject([{ tripId: trip.id }]);
    await call('driver', 'reach-open', 'PATCH', `/${trip.id}`, { state: 'requested' });
    const service = await system.token('service', 's');
    const offered = async () => (await rest(`${system.url}/api/trips/${trip.id}`, 'GET', service)).body.offer;
    await expect.poll(offered).toMatchObject({ driverId: 'reach-closed' });
    await call('rider', 'reach-rider', 'PATCH', `/${trip.id}`, { state: 'cancelled' });
  });

  test('is limited to one per rider, and a driver gets one offer at a time', async () => {
    const place = nextPlace();
    const only = await driverAt('one-driver', place);
    const request = { pickup: place, dropoff: place };
    const [a, b] = await Promise.all([
      call('rider', 'one-a', 'POST', '', request),
      call('rider', 'one-b', 'POST', '', request),
    ]);
    expect((await call('rider', 'one-a', 'POST', '', request)).body.code).toBe('RIDER_ON_TRIP');
    await expect.poll(() => pushes(only, 'offer')).toHaveLength(1);
    const { tripId } = pushes(only, 'offer')[0]!;
    await call('driver', 'one-driver', 'PATCH', `/${tripId}`, { state: 'accepted' });
    const other = tripId === a.body.id ? b : a;
    for (let search = 0; search < 3; search += 1) await searchAgain(system, other.body.id);
    await endSearch(system, other.body.id);
    await expect
      .poll(async () => (await call('service', 's', 'GET', `/${other.body.id}`)).body.state)
      .toBe('cancelled');
    expect(pushes(only, 'offer')).toHaveLength(1);
    await call('service', 's', 'PATCH', `/${tripId}`, { state: 'cancelled' });
  });
});

describe('a trip change', () => {
  test('is applied once, however often it is requested', async () => {
    const place = nextPlace();
    const request = { pickup: place, dropoff: place };
    const key = randomUUID();
    const create = () => call('rider', 'key-rider', 'POST', '', request, key);
    const answers = await Promise.all([create(), create(), create()]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const { id } = answers[0]!.body;
    const reused = await call(
      'rider',
      'key-rider',
      'POST',
      '',
      { ...request, dropoff: north(place, 9) },
      key,
    );
    expect(reused).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED', retry: false } });
    expect((await call('rider', 'key-other', 'POST', '', request, key)).body.id).not.toBe(id);

    const cancel = randomUUID();
    const first = await call('rider', 'key-rider', 'PATCH', `/${id}`, { state: 'cancelled' }, cancel);
    const again = await call('rider', 'key-rider', 'PATCH', `/${id}`, { state: 'cancelled' }, cancel);
    expect(again).toEqual(first);
    const other = await call('rider', 'key-rider', 'PATCH', `/${id}`, { state: 'arrived' }, cancel);
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await call('rider', 'key-rider', 'PATCH', `/${id}`, {}, 'no key')).body.code).toBe('BAD_ID');
  });

  test('when two drivers accept the same trip at once, lets one win', async () => {
    const place = nextPlace();
    for (let round = 0; round < 10; round += 1) {
      const { body: trip } = await call('rider', `race-${round}`, 'POST', '', {
        pickup: place,
        dropoff: place,
      });
      const drivers = [0, 1, 2, 3].map((i) => `race-driver-${round}-${i}`);
      const answers = await Promise.all(
        drivers.map((driverId) =>
          call('dispatcher', 'desk', 'PATCH', `/${trip.id}`, { state: 'accepted', driverId }),
        ),
      );
      const won = answers.filter(({ status }) => status === 200);
      const { body: now } = await call('service', 's', 'GET', `/${trip.id}`);
      expect(won.length, JSON.stringify(answers.map(({ body }) => body))).toBeLessThanOrEqual(1);
      for (const { body } of won) expect(body.driverId).toBe(now.driverId);
      for (const driverId of drivers) {
        const { body } = await call('driver', driverId, 'GET', '');
        expect(body.trips.length).toBe(driverId === now.driverId ? 1 : 0);
      }
      await call('service', 's', 'PATCH', `/${trip.id}`, { state: 'cancelled' });
    }
  });

  test('when one driver is assigned to many trips at once, gives the driver to one trip', async () => {
    const place = nextPlace();
    const riders = Array.from({ length: 12 }, (_, i) => `many-${i}`);
    for (let round = 0; round < 5; round += 1) {
      const trips = await Promise.all(
        riders.map((sub) => call('rider', sub, 'POST', '', { pickup: place, dropoff: place })),
      );
      const driverId = `many-driver-${round % 2}`;
      const assigned = await Promise.all(
        trips.map(({ body }) =>
          call('dispatcher', 'desk', 'PATCH', `/${body.id}`, { state: 'accepted', driverId }),
        ),
      );
      const won = assigned.filter(({ status }) => status === 200);
      expect(won, JSON.stringify(assigned.map(({ body }) => body.code))).toHaveLength(1);
      expect((await call('driver', driverId, 'GET', '')).body.trips).toMatchObject([{ id: won[0]!.body.id }]);
      await Promise.all(
        trips.map(({ body }) => call('service', 's', 'PATCH', `/${body.id}`, { state: 'cancelled' })),
      );
    }
  });

  test('by a dispatcher can assign a driver manually, who must be available', async () => {
    const [place, elsewhere] = [nextPlace(), nextPlace()];
    const first = await driverAt('hand-1', north(place, 50));
    const second = await driverAt('hand-2', elsewhere, 1);
    const request = { pickup: place, dropoff: place };
    const { body: trip } = await call('rider', 'hand-rider', 'POST', '', request);
    await expect.poll(() => pushes(first, 'offer')).toHaveLength(1);
    const assign = (id: string, driverId: string) =>
      call('dispatcher', 'desk', 'PATCH', `/${id}`, { state: 'accepted', driverId });
    expect((await assign(trip.id, 'hand-2')).body).toMatchObject({ state: 'accepted', driverId: 'hand-2' });
    await expect.poll(() => pushes(second, 'trip').at(-1)).toMatchObject({ id: trip.id, state: 'accepted' });
    expect(pushes(second, 'offer')).toEqual([]);
    await expect.poll(() => pushes(first, 'offer:over')).toHaveLength(1);
    expect((await assign(trip.id, 'hand-2')).status, 'again').toBe(200);
    expect((await assign(trip.id, 'hand-1')).body.code).toBe('BAD_STATE');
    const { body: next } = await call('rider', 'hand-rider-2', 'POST', '', request);
    expect((await assign(next.id, 'hand-2')).body.code).toBe('DRIVER_ON_TRIP');
    for (const { id } of [trip, next]) await call('service', 's', 'PATCH', `/${id}`, { state: 'cancelled' });
  });
});

test('a driver who reconnects receives the open offer, and later the current trip', async () => {
  const place = nextPlace();
  const before = await driverAt('back-driver', place);
  const { body: trip } = await call('rider', 'back-rider', 'POST', '', { pickup: place, dropoff: place });
  await expect.poll(() => pushes(before, 'offer')).toHaveLength(1);
  const reconnected = await client(1, '/driver', 'driver', 'back-driver');
  await expect.poll(() => pushes(reconnected, 'offer').at(-1)?.tripId).toBe(trip.id);
  await call('driver', 'back-driver', 'PATCH', `/${trip.id}`, { state: 'accepted' });
  const driving = await client(1, '/driver', 'driver', 'back-driver');
  await expect.poll(() => pushes(driving, 'trip').at(-1)).toMatchObject({ id: trip.id, state: 'accepted' });
  await call('service', 's', 'PATCH', `/${trip.id}`, { state: 'cancelled' });
});

test('a rider who sends too many requests is rate limited', async () => {
  const token = await system.token('rider', 'hasty');
  const ask = () => rest(`${system.gateways[0]!.url}/api/trips`, 'GET', token);
  const answers = await Promise.all(Array.from({ length: 90 }, ask));
  expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({
    code: 'RATE_LIMITED',
    retry: true,
  });
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(60);
  await expect.poll(async () => (await ask()).status).toBe(200);
});

test('every unauthorized read is refused with its code', async () => {
  const place = nextPlace();
  const offered = await driverAt('trip-look-asked', place);
  const { body: trip } = await call('rider', 'trip-look-rider', 'POST', '', {
    pickup: place,
    dropoff: place,
  });
  const read = async (role: 'driver' | 'rider', sub: string) =>
    (await call(role, sub, 'GET', `/${trip.id}`)).body.code ?? 'seen';
  await expect.poll(() => pushes(offered, 'offer')).toHaveLength(1);
  expect(await read('driver', 'trip-look-asked')).toBe('seen');
  expect(await read('driver', 'trip-look-other')).toBe('NOT_YOUR_TRIP');
  expect(await read('rider', 'trip-look-other')).toBe('NOT_YOUR_TRIP');
  expect(await read('rider', 'trip-look-asked'), 'a rider with the id of the driver').toBe('NOT_YOUR_TRIP');
  await call('driver', 'trip-look-asked', 'PATCH', `/${trip.id}`, { state: 'requested' });
  expect(await read('driver', 'trip-look-asked')).toBe('NOT_YOUR_TRIP');
  const change = async (role: 'driver' | 'rider' | 'dispatcher', sub: string, body: object) =>
    (await call(role, sub, 'PATCH', `/${trip.id}`, body)).body.code;
  expect(await change('driver', 'trip-look-asked', { state: 'cancelled' })).toBe('NOT_YOUR_TRIP');
  expect(await change('rider', 'trip-look-other', { state: 'cancelled' })).toBe('NOT_YOUR_TRIP');
  expect(await change('rider', 'trip-look-rider', { state: 'accepted', driverId: 'trip-look-other' })).toBe(
    'WRONG_ROLE',
  );
  expect(await change('dispatcher', 'desk', { state: 'offered' })).toBe('WRONG_ROLE');
  expect(await change('dispatcher', 'desk', { state: 'accepted' })).toBe('BAD_ID');
  const create = async (role: 'driver' | 'rider', sub: string, body: object) =>
    (await call(role, sub, 'POST', '', { pickup: PICKUP, dropoff: DROPOFF, ...body })).body.code;
  expect(await create('rider', 'trip-look-other', { riderId: 'trip-look-rider' })).toBe('WRONG_ROLE');
  expect(await create('rider', 'trip-look-other', { driverId: 'trip-look-asked' })).toBe('WRONG_ROLE');
  expect(await create('driver', 'trip-look-asked', {})).toBe('WRONG_ROLE');
  const rider = await client(0, '/rider', 'rider', 'trip-look-other');
  expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ code: 'NOT_YOUR_TRIP' });
  expect(await ask(rider, 'trips:watch', {})).toMatchObject({ code: 'UNKNOWN_EVENT' });
  await call('service', 's', 'PATCH', `/${trip.id}`, { state: 'cancelled' });
});

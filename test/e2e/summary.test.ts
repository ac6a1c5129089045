import { afterAll, beforeAll, describe, expect } from 'vitest';
import { drivenM } from '#geo';
import type { Fix, Role, Trip } from '#protocol';
import { Api } from '#sdk';
import { ask, connectStock, drive, type StockClient } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const HERE = { lat: 40.75, lng: -73.99 };
const SECOND = 1_000;

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

const call = async (role: Role, sub: string, method: string, path: string, body?: unknown, node = 0) =>
  rest(`${system.gateways[node]!.url}/api/trips${path}`, method, await system.token(role, sub), body);

const summaryOf = (role: Role, sub: string, id: string, node = 0) =>
  call(role, sub, 'GET', `/${id}/summary`, undefined, node);

async function openTrip(name: string): Promise<Trip> {
  const request = {
    riderId: `sum-${name}-rider`,
    driverId: `sum-${name}-driver`,
    pickup: HERE,
    dropoff: HERE,
  };
  return (await call('service', 's', 'POST', '', request)).body;
}

async function go(trip: Trip, ...states: Trip['state'][]): Promise<void> {
  for (const state of states) {
    const { status } = await call('driver', trip.driverId!, 'PATCH', `/${trip.id}`, { state });
    expect(status).toBe(200);
  }
}

/** Sets the times at which a trip entered its states, as if a while ago. */
async function setTimes({ id }: Trip, times: Trip['times'], changedAt: number): Promise<void> {
  const redis = system.redis.client;
  const trip = JSON.parse((await redis.hget(`trip:${id}`, 'trip'))!);
  await redis.hset(
    `trip:${id}`,
    'trip',
    JSON.stringify({ ...trip, times: { ...trip.times, ...times }, changedAt }),
  );
}

const send = (driver: StockClient, fixes: Fix[]) => ask(driver, 'fixes', fixes);

describe('a trip summary', () => {
  const now = Date.now();
  const at = { accepted: now - 60 * SECOND, arrived: now - 48 * SECOND, on_trip: now - 40 * SECOND };
  const completed = now - 10 * SECOND;
  const way = drive(60, HERE, now, SECOND).map((fix) => ({ ...fix, accuracyM: 3 }));
  const ridden = way.filter(({ t }) => t >= at.on_trip && t <= completed);
  const late = ridden[12]!;
  let driver: StockClient;
  let trip: Trip;

  beforeAll(async () => {
    trip = await openTrip('way');
    driver = await connectStock(
      system.gateways[1]!.url,
      '/driver',
      await system.token('driver', 'sum-way-driver'),
    );
    await send(
      driver,
      way.filter((fix) => fix !== late),
    );
    await go(trip, 'arriving', 'arrived', 'on_trip', 'completed');
    await setTimes(trip, { ...at, completed }, completed);
  });
  afterAll(() => void driver.socket.disconnect());

  test('has the distance, durations and route of the ride, and includes late fixes once they arrive', async () => {
    // As a service: a rider may not request it that often.
    const read = async () => (await summaryOf('service', 's', trip.id)).body;
    const fixes = async () => (await read()).track.properties.fixes;
    await expect.poll(fixes, { timeout: 20_000 }).toBe(ridden.length - 1);
    const before = await read();
    expect(Object.keys(before).sort()).toEqual([
      'approachS',
      'distanceM',
      'durationS',
      'track',
      'trip',
      'waitingS',
    ]);
    expect(before).toMatchObject({ approachS: 12, waitingS: 8, durationS: 30 });
    expect(before.trip).toMatchObject({ id: trip.id, state: 'completed', offer: null });
    const without = ridden.filter((fix) => fix !== late);
    expect(before.track.properties.times, 'nothing of the approach, nothing after the end').toEqual(
      without.map(({ t }) => t),
    );
    expect(before.track.geometry.coordinates).toEqual(without.map(({ lat, lng }) => [lng, lat]));
    expect(before.distanceM).toBe(before.track.properties.distanceM);

    await send(driver, [late]);
    await expect.poll(fixes, { timeout: 20_000 }).toBe(ridden.length);
    const after = await read();
    expect(after.track.properties.late).toContain(12);
    expect(after.distanceM).toBeCloseTo(drivenM(ridden), 0);
    expect(after.distanceM).toBeGreaterThan(200);
  });

  test('is the same for both parties and dispatch on each node, but for what a driver sees of the trip', async () => {
    const first = (await summaryOf('service', 's', trip.id)).body;
    for (const [role, sub] of [
      ['rider', 'sum-way-rider'],
      ['dispatcher', 'desk'],
    ] as const)
      expect((await summaryOf(role, sub, trip.id, 1)).body).toEqual(first);
    // After the trip, a driver sees neither the rider nor where exactly it brought them.
    const { body } = await summaryOf('driver', 'sum-way-driver', trip.id, 1);
    expect(body.trip).toMatchObject({ id: trip.id, riderId: '', state: 'completed' });
    expect(body.trip.dropoff).not.toEqual(first.trip.dropoff);
    expect({ ...body, trip: null }).toEqual({ ...first, trip: null });
    const api = new Api({ url: system.url, token: await system.token('rider', 'sum-way-rider') });
    expect(await api.summary(trip.id)).toEqual(first);
  });

  test('is not available to anyone else', async () => {
    for (const [role, sub] of [
      ['rider', 'other'],
      ['rider', 'sum-way-driver'],
      ['driver', 'other'],
    ] as const)
      expect(await summaryOf(role, sub, trip.id)).toMatchObject({
        status: 403,
        body: { code: 'NOT_YOUR_TRIP' },
      });
    expect(await summaryOf('service', 's', 'no-such')).toMatchObject({ body: { code: 'NO_SUCH_TRIP' } });
    const noToken = await rest(`${system.url}/api/trips/${trip.id}/summary`, 'GET', null);
    expect(noToken.body.code).toBe('NO_TOKEN');
  });

  test('has no distance once the track has expired', async () => {
    const hour = 3_600 * SECOND;
    await setTimes(trip, { on_trip: now - 25 * hour }, completed);
    const { body } = await summaryOf('rider', 'sum-way-rider', trip.id);
    expect(body).toMatchObject({ distanceM: null, track: { type: 'Feature' } });
    await setTimes(trip, { on_trip: at.on_trip }, completed);
  });
});

test('an open trip has no summary, and the error gives its state', async () => {
  const trip = await openTrip('open');
  await go(trip, 'arriving');
  expect(await summaryOf('rider', 'sum-open-rider', trip.id)).toMatchObject({
    status: 409,
    body: { code: 'BAD_STATE', message: expect.stringContaining('it is arriving') },
  });
  await go(trip, 'cancelled');
  const { body } = await summaryOf('rider', 'sum-open-rider', trip.id);
  expect(body).toMatchObject({
    trip: { state: 'cancelled' },
    distanceM: 0,
    durationS: 0,
    waitingS: 0,
    track: null,
  });
  expect(body.approachS).toBeGreaterThanOrEqual(0);
});

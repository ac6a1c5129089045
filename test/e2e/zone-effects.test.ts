import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { afterEach, describe, expect } from 'vitest';
import { destination } from '#geo';
import { regionAt } from '#geo/cells';
import type { Trip, Zone } from '#protocol';
import { keys } from '../../libs/store/src/keys.js';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { eventually } from '../fixtures/eventually.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import { ringAround, zoneOf } from '../fixtures/zones.js';

/** Far from the places of other files, which would otherwise be subject to these zones. */
const CENTRE = { lat: -33.45, lng: -70.66 };
const REGION = regionAt(CENTRE);
const circle = (radiusM: number, at = CENTRE) => [[ringAround(at, radiusM, 48)]];
const east = (metres: number, at = CENTRE) => destination(at, 90, metres);
const STAND = east(4_000);
const FORBIDDEN = east(-4_000);
const STATION = destination(CENTRE, 0, 4_000);
const GATE = { id: 'gate', name: 'North gate', ...destination(STATION, 0, 200) };

const ZONES: Zone[] = [
  zoneOf('service_area', circle(12_000), { id: 'ze-city' }),
  zoneOf('no_pickup', circle(300, FORBIDDEN), { id: 'ze-square', name: 'Square' }),
  zoneOf('no_dropoff', circle(300, FORBIDDEN), { id: 'ze-square-off' }),
  zoneOf('pickup_points', circle(600, STATION), { id: 'ze-station', rules: { points: [GATE] } }),
  zoneOf('queue', circle(400, STAND), { id: 'ze-stand', name: 'Stand' }),
  zoneOf('surge', circle(400, STAND), { id: 'ze-surge', rules: { factor: 1.8 } }),
  zoneOf('no_go', circle(200, destination(CENTRE, 180, 4_000)), { id: 'ze-yard', name: 'Yard' }),
];

/** Drivers that are enough to reach every partition. */
const PROBES = 6;

let system: System;
const open: StockClient[] = [];

/** Publishes zones as the store does, in force at once. */
async function publish(zones: Zone[], version: number): Promise<void> {
  const redis = system.redis.client;
  const at = Date.now();
  const info = {
    region: REGION,
    version,
    by: 'ze',
    at,
    effectiveAt: at,
    comment: '',
    restores: null,
    zoneCount: zones.length,
  };
  await redis.hset(keys.zonesData(REGION), String(version), await promisify(gzip)(JSON.stringify(zones)));
  await redis.hset(keys.publishedZones, REGION, JSON.stringify(info));
}

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  await publish(ZONES, 1);
  // Each gateway reads them for itself.
  for (const { url } of system.gateways)
    await eventually(async () => {
      const body = { pickup: FORBIDDEN, dropoff: CENTRE };
      return (
        (await rest(`${url}/api/trips`, 'POST', await system.token('rider', 'ze-ready'), body)).status === 422
      );
    });
  // Each processor too: it decides by the zones that it has, and a driver who sends one fix only, as here, may come too early.
  for (let i = 0; i < PROBES; i += 1) await processorIsReady(`ze-probe-${i}`);
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

/** Sends fixes of a driver until they are found to be in a zone. */
async function processorIsReady(driverId: string): Promise<void> {
  const token = await system.token('driver', driverId);
  await eventually(async () => {
    await rest(`${system.url}/api/fixes`, 'POST', token, [{ t: Date.now(), ...CENTRE, accuracyM: 5 }]);
    return (await system.redis.client.exists(keys.zoneMember(REGION, driverId))) === 1;
  });
  await rest(`${system.url}/api/status`, 'PUT', token, { status: 'offline' });
}

async function connect(node: number, namespace: string, role: 'driver' | 'dispatcher', sub: string) {
  const client = await connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  open.push(client);
  return client;
}

async function call(
  role: 'driver' | 'rider' | 'dispatcher',
  sub: string,
  method: string,
  path: string,
  body?: unknown,
) {
  return rest(`${system.url}/api${path}`, method, await system.token(role, sub), body);
}

const request = (rider: string, pickup: object, dropoff: object) =>
  call('rider', rider, 'POST', '/trips', { pickup, dropoff });
const change = (role: 'driver' | 'rider', sub: string, id: string, state: string) =>
  call(role, sub, 'PATCH', `/trips/${id}`, { state });

describe('a request', () => {
  const refused = async (pickup: object, dropoff: object) =>
    (await request(`ze-${randomUUID()}`, pickup, dropoff)).body;

  test('outside the service area is refused with the nearest place inside, where it is accepted', async () => {
    const { code, retry, nearest } = await refused(east(13_000), CENTRE);
    expect({ code, retry }).toEqual({ code: 'OUTSIDE_SERVICE_AREA', retry: false });
    const { status, body } = await request('ze-outside', nearest, CENTRE);
    expect([status, body.surgeFactor]).toEqual([201, 1]);
    await change('rider', 'ze-outside', body.id, 'cancelled');
  });

  test('in a zone where trips may not begin or end is refused, with a place beside it', async () => {
    expect(await refused(FORBIDDEN, CENTRE)).toMatchObject({
      code: 'NO_PICKUP_HERE',
      nearest: { name: null },
    });
    expect(await refused(CENTRE, FORBIDDEN)).toMatchObject({
      code: 'NO_DROPOFF_HERE',
      nearest: { name: null },
    });
  });

  test('where riders meet cars at named points is refused with the nearest of them', async () => {
    const { name, lat, lng } = GATE;
    expect(await refused(STATION, CENTRE)).toMatchObject({
      code: 'PICKUP_POINT_REQUIRED',
      nearest: { name, lat, lng },
    });
    const { status, body } = await request('ze-station', { lat, lng }, CENTRE);
    expect(status).toBe(201);
    await change('rider', 'ze-station', body.id, 'cancelled');
  });
});

/** Makes a driver available at a place, and waits until the board sees its crossing of a zone. */
async function driverAt(
  driverId: string,
  place: { lat: number; lng: number },
  node = 0,
): Promise<StockClient> {
  const driver = await connect(node, '/driver', 'driver', driverId);
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', [{ t: Date.now(), ...place, accuracyM: 5 }]);
  return driver;
}

const queue = async () => {
  const { body } = await call('dispatcher', 'ze-d', 'GET', `/zones/${REGION}/queues/ze-stand`);
  return (body.drivers as { driverId: string }[]).map(({ driverId }) => driverId);
};

const offered = async (rider: string) => {
  const { body } = await call('dispatcher', 'ze-d', 'GET', '/trips');
  return (body.trips as Trip[]).find(({ riderId }) => riderId === rider)?.offer?.driverId ?? null;
};

test('the first of a queue gets the offer, goes to the end when it declines, and keeps the place when the rider cancels', async () => {
  const drivers = ['ze-q1', 'ze-q2', 'ze-q3'];
  const apps: StockClient[] = [];
  for (const [i, driverId] of drivers.entries()) {
    apps.push(await driverAt(driverId, STAND, i % 2));
    await expect.poll(queue).toEqual(drivers.slice(0, i + 1));
  }
  // The last of them is nearest.
  const { body: trip } = await request('ze-r1', STAND, CENTRE);
  expect(trip.surgeFactor).toBe(1.8);
  await expect.poll(() => offered('ze-r1')).toBe('ze-q1');
  await change('driver', 'ze-q1', trip.id, 'requested');
  await expect.poll(() => offered('ze-r1')).toBe('ze-q2');
  await expect.poll(queue).toEqual(['ze-q2', 'ze-q3', 'ze-q1']);
  await change('driver', 'ze-q2', trip.id, 'accepted');
  await expect.poll(queue).toEqual(['ze-q3', 'ze-q1']);
  await expect
    .poll(() => pushes(apps[2]!, 'queue').at(-1))
    .toMatchObject({ queue: { name: 'Stand', place: 1, of: 2, waitS: 3_600 } });
  await change('rider', 'ze-r1', trip.id, 'cancelled');
  await expect.poll(queue).toEqual(['ze-q2', 'ze-q3', 'ze-q1']);
  await ask(apps[2]!, 'status', 'offline');
  await expect.poll(queue).toEqual(['ze-q2', 'ze-q1']);
  await expect.poll(() => pushes(apps[2]!, 'queue').at(-1)).toEqual({ queue: null });
  for (const app of apps) await ask(app, 'status', 'offline');
});

test('dispatch sees who enters a zone and is alerted of vehicles where they must not be', async () => {
  const board = await connect(1, '/dispatch', 'dispatcher', 'ze-board');
  await ask(board, 'region:watch', { region: REGION });
  await ask(board, 'crossings:watch', { region: REGION });
  const driver = await driverAt('ze-lost', destination(CENTRE, 180, 4_000));
  await expect
    .poll(() => pushes(board, 'zone:entered'))
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ driverId: 'ze-lost', zoneId: 'ze-yard', kind: 'no_go', name: 'Yard' }),
      ]),
    );
  await expect
    .poll(() => pushes(board, 'alert'))
    .toMatchObject([{ kind: 'no_go', driverId: 'ze-lost', zone: { name: 'Yard', event: 'enter' } }]);
  await publish(
    ZONES.filter(({ id }) => id !== 'ze-yard'),
    2,
  );
  await expect
    .poll(() => pushes(board, 'zone:left'))
    .toEqual([expect.objectContaining({ driverId: 'ze-lost', zoneId: 'ze-yard', name: null })]);
  await ask(driver, 'status', 'offline');
});

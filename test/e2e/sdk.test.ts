import { afterAll, beforeAll, expect, test } from 'vitest';
import { destination, distanceM, RIDER_GRID_M } from '#geo';
import type { DriverPosition, Fix } from '#protocol';
import { Api, DispatchClient, DriverClient, devToken, HexfleetError, RiderClient } from '#sdk';
import { beyond, drive, driveUpTo } from '../fixtures/clients.js';
import { type System, startSystem } from '../fixtures/system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const place = { lat: 40.75, lng: -73.99 };

/** The same fixes at the speed of a car: of a backlog, the newest is sent first, and must not look like a jump. */
const slowly = (fixes: Fix[]): Fix[] => fixes.map((fix, i) => ({ ...fix, lng: place.lng + i * 1e-6 }));

test('when a gateway dies, no fix is lost and watches are restored on the other gateway', async () => {
  const { url } = system;
  const service = new Api({ url, token: await devToken('service', 's', url) });
  const driver = new DriverClient({ url, token: () => devToken('driver', 'sdk-driver', url) });
  const rider = new RiderClient({ url, token: () => devToken('rider', 'sdk-rider', url) });
  const dispatch = new DispatchClient({ url, token: () => devToken('dispatcher', 'sdk-desk', url) });
  const trip = await service.createTrip({
    riderId: 'sdk-rider',
    driverId: 'sdk-driver',
    pickup: place,
    dropoff: place,
  });
  const { node } = await driver.connect();
  const acked: Fix[] = [];
  const seen: DriverPosition[] = [];
  driver.on('acked', (fixes) => acked.push(...fixes));
  rider.on('position', (position) => seen.push(position));
  await Promise.all([rider.connect(), dispatch.connect()]);
  await rider.watchTrip(trip.id);
  await dispatch.watchFleet({ bbox: [-74.1, 40.7, -73.9, 40.8], zoom: 12 });

  const fixes = slowly(drive(300));
  const dying = system.gateways.find((gateway) => gateway.node === node)!;
  for (const [i, fix] of fixes.entries()) {
    driver.push(fix);
    if (i === 100) process.kill(dying.pid, 'SIGKILL');
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await expect.poll(() => driver.waiting, { timeout: 20_000 }).toBe(0);
  const times = fixes.map(({ t }) => t);
  expect([...new Set(acked.map(({ t }) => t))].sort()).toEqual(times);
  await expect.poll(() => seen.at(-1)?.t, { timeout: 20_000 }).toBe(times.at(-1));
  const seenTimes = seen.map(({ t }) => t);
  expect(seenTimes).toEqual([...seenTimes].sort());
  await expect.poll(() => dispatch.vehicles.get('sdk-driver')?.t, { timeout: 20_000 }).toBe(times.at(-1));
  expect((await service.driver('sdk-driver')).position).toMatchObject({ t: times.at(-1) });
  // The front has restarted the gateway.
  await expect
    .poll(async () => (await service.nodes()).map((state) => state.node), { timeout: 20_000 })
    .toContain(node);
  for (const client of [driver, rider, dispatch]) client.close();
});

test('when a processor dies mid-batch, another takes over and nothing is lost or reordered', async () => {
  const { url } = system;
  const service = new Api({ url, token: await devToken('service', 's', url) });
  const driver = new DriverClient({ url, token: await devToken('driver', 'sdk-taken', url) });
  const rider = new RiderClient({ url, token: await devToken('rider', 'sdk-taking', url) });
  const parties = { riderId: 'sdk-taking', driverId: 'sdk-taken' };
  const trip = await service.createTrip({ ...parties, pickup: place, dropoff: place });
  await Promise.all([driver.connect(), rider.connect()]);
  const seen: number[] = [];
  rider.on('position', ({ t }) => seen.push(t));
  await rider.watchTrip(trip.id);
  const fixes = slowly(drive(300));
  for (const [i, fix] of fixes.entries()) {
    driver.push(fix);
    if (i === 100) system.processors[0]!.process.kill('SIGKILL');
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await system.startProcessor('processor-2');
  await expect.poll(() => driver.waiting, { timeout: 20_000 }).toBe(0);
  const times = fixes.map(({ t }) => t);
  await expect.poll(() => seen.at(-1), { timeout: 20_000 }).toBe(times.at(-1));
  expect(seen).toEqual([...seen].sort());
  const state = await service.driver('sdk-taken');
  expect(state).toMatchObject({
    status: 'busy',
    position: { t: times.at(-1) },
    counts: { late: 0, implausible: 0 },
  });
  // Those before the processor died, and then the newest ones: the rider does not see the car replay its past.
  expect(new Set(seen).size).toBeGreaterThan(50);
  for (const client of [driver, rider]) client.close();
});

test('nearby cars are tracked, and refusals are errors with a code', async () => {
  const { url } = system;
  const driver = new DriverClient({ url, token: await devToken('driver', 'sdk-near', url) });
  const rider = new RiderClient({
    url,
    token: await devToken('rider', 'sdk-looking', url),
    transports: ['polling'],
  });
  await Promise.all([driver.connect(), rider.connect()]);
  const pin = { lat: 51.5, lng: -0.12 };
  driver.push(...driveUpTo(pin));
  await expect.poll(() => driver.waiting).toBe(0);
  await expect.poll(async () => (await rider.watchNearby({ ...pin, radiusM: 500 })).length).toBe(1);
  expect(distanceM([...rider.cars][0]!, pin)).toBeLessThan(RIDER_GRID_M);
  driver.push({ t: Date.now() + 1_900, ...destination(beyond(pin), 90, 80) });
  await expect
    .poll(() => distanceM([...rider.cars][0]!, destination(pin, 90, 82)))
    .toBeLessThan(RIDER_GRID_M);
  expect([...rider.cars]).toMatchObject([{ heading: expect.any(Number) }]);
  await driver.setStatus('offline');
  await expect.poll(() => rider.cars.size).toBe(0);

  const refused = rider.watchTrip('nothing');
  await expect(refused).rejects.toBeInstanceOf(HexfleetError);
  await expect(refused).rejects.toMatchObject({ code: 'NO_SUCH_TRIP', retry: false });
  const stranger = new RiderClient({ url, token: 'nonsense' });
  await expect(stranger.connect()).rejects.toMatchObject({ code: 'BAD_TOKEN' });
  for (const client of [driver, rider, stranger]) client.close();
});

test('an invalid fix is dropped from the outbox and reported, and valid ones continue', async () => {
  const { url } = system;
  const driver = new DriverClient({ url, token: await devToken('driver', 'sdk-bad', url) });
  const rejected: string[] = [];
  driver.on('rejected', ({ code }) => rejected.push(code));
  driver.push(...drive(2), { t: Date.now(), lat: 99, lng: 0 });
  expect(driver.waiting).toBe(3);
  await driver.connect();
  await expect.poll(() => driver.waiting).toBe(0);
  expect(rejected).toEqual(['BAD_POSITION']);
  driver.close();
});

test('a client that connects while Redis is down gets its watch and status once Redis is back', async () => {
  const { url } = system;
  const service = new Api({ url, token: await devToken('service', 's', url) });
  const driver = new DriverClient({ url, token: await devToken('driver', 'sdk-away', url) });
  const leaving = new DriverClient({ url, token: await devToken('driver', 'sdk-leaving', url) });
  const rider = new RiderClient({ url, token: await devToken('rider', 'sdk-waiting', url) });
  const parties = { riderId: 'sdk-waiting', driverId: 'sdk-away' };
  const trip = await service.createTrip({ ...parties, pickup: place, dropoff: place });
  await Promise.all([driver.connect(), leaving.connect(), rider.connect()]);
  const seen: number[] = [];
  rider.on('position', ({ t }) => seen.push(t));
  await rider.watchTrip(trip.id);
  leaving.push(...drive(1));
  await expect
    .poll(async () => (await service.driver('sdk-leaving').catch(() => null))?.status)
    .toBe('available');

  await system.redis.kill();
  for (const client of [leaving, rider]) client.close();
  await leaving.setStatus('offline');
  await Promise.all([leaving.connect(), rider.connect()]);
  await expect(rider.watchTrip(trip.id)).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: true });
  await system.redis.restart();

  const fixes = drive(1);
  driver.push(...fixes);
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual(fixes.map(({ t }) => t));
  await expect
    .poll(async () => (await service.driver('sdk-leaving')).status, { timeout: 20_000 })
    .toBe('offline');
  for (const client of [driver, leaving, rider]) client.close();
});

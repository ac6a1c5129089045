import { afterAll, describe, expect } from 'vitest';
import { RIDER_GRID_M, snapToGrid } from '#geo';
import { nearbyCell } from '#geo/cells';
import { type Bbox, type Car, NEAREST_CARS, type PlacedCar, type Vehicle } from '#protocol';
import { Vehicles } from '#sdk';
import { FleetIndex, RecentDrivers } from '#store';
import {
  ask,
  beyond,
  connectStock,
  drive,
  driveUpTo,
  pushes,
  SOON,
  type StockClient,
} from '../fixtures/clients.js';
import { recordAt, shownAtPlace } from '../fixtures/records.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const HERE = { lat: 35.75, lng: -73.99 };
/** A place where no other test drives. */
const PIN = { lat: 35.6, lng: -73.9 };
const FAR = { lat: 41.5, lng: -81.7 };
const BBOX: Bbox = [-74.05, 35.7, -73.9, 35.8];

let system: System;
const open: StockClient[] = [];
test.beforeAll(async ({ silentSystem }) => {
  system = silentSystem;
});
afterAll(() => {
  for (const { socket } of open) socket.disconnect();
});

async function client(node: 0 | 1, namespace: string, role: 'driver' | 'rider' | 'dispatcher', sub: string) {
  const connected = await connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  open.push(connected);
  return connected;
}

/** Starts a driver that reports every 200 ms until stopped. */
async function keepDriving(sub: string, from = HERE) {
  const driver = await client(0, '/driver', 'driver', sub);
  let step = 0;
  const report = () =>
    ask(driver, 'fixes', [{ t: Date.now(), lat: from.lat, lng: from.lng + 0.00002 * step++ }]);
  await report();
  const timer = setInterval(() => report().catch(() => {}), 200);
  return { driver, stop: () => clearInterval(timer) };
}

/** Starts a driver whose car riders see at a place, and who stays where it is, 200 m ahead. */
async function keepShownAt(sub: string, place: { lat: number; lng: number }) {
  const driver = await client(0, '/driver', 'driver', sub);
  await ask(driver, 'fixes', driveUpTo(place, Date.now(), SOON));
  const at = beyond(place);
  const timer = setInterval(() => ask(driver, 'fixes', [{ t: Date.now(), ...at }]).catch(() => {}), 500);
  return { driver, stop: () => clearInterval(timer) };
}

const follow = <E extends 'cars' | 'fleet'>(
  watcher: StockClient,
  event: E,
  snapshot: E extends 'cars' ? Car[] : Vehicle[],
) => {
  type Seen = E extends 'cars' ? Car : Vehicle;
  const vehicles = new Vehicles<Seen>();
  vehicles.reset(snapshot as (Seen & { cell?: string })[]);
  let applied = 0;
  return () => {
    const frames = pushes(watcher, event) as Parameters<typeof vehicles.apply>[0][];
    for (; applied < frames.length; applied += 1) vehicles.apply(frames[applied]!);
    return vehicles;
  };
};

describe('dispatchers', () => {
  test('receive a viewport as a snapshot, then moved and removed vehicles once per tick', async () => {
    const { stop } = await keepDriving('f-1');
    const dispatcher = await client(1, '/dispatch', 'dispatcher', 'desk');
    await expect
      .poll(async () => (await ask(dispatcher, 'fleet:watch', { bbox: BBOX, zoom: 12 })).vehicles?.length)
      .toBe(1);
    const answer = await ask(dispatcher, 'fleet:watch', { bbox: BBOX, zoom: 12 });
    const fleet = follow(dispatcher, 'fleet', answer.vehicles);
    const second = await keepDriving('f-2');
    await expect.poll(() => [...fleet()].map(({ id }) => id).sort()).toEqual(['f-1', 'f-2']);
    expect(await ask(second.driver, 'status', 'busy')).toEqual({ ok: true });
    await expect.poll(() => fleet().get('f-2')?.status).toBe('busy');

    second.stop();
    expect(await ask(second.driver, 'status', 'offline')).toEqual({ ok: true });
    await expect.poll(() => fleet().get('f-2')).toBeUndefined();

    // A viewport elsewhere receives nothing.
    const elsewhere = await client(1, '/dispatch', 'dispatcher', 'desk-paris');
    await ask(elsewhere, 'fleet:watch', { bbox: [2.3, 48.8, 2.4, 48.9], zoom: 12 });
    const before = pushes(dispatcher, 'fleet').length;
    await expect.poll(() => pushes(dispatcher, 'fleet').length).toBeGreaterThan(before + 2);
    expect(pushes(elsewhere, 'fleet')).toEqual([]);

    expect(await ask(dispatcher, 'fleet:unwatch', {})).toEqual({ ok: true });
    stop();
  });

  test('are notified when a driver falls silent and when the driver is back', async () => {
    const { driver, stop } = await keepDriving('f-silent');
    const dispatcher = await client(1, '/dispatch', 'dispatcher', 'desk-2');
    await ask(dispatcher, 'driver:watch', { driverId: 'f-silent' });
    const answer = await ask(dispatcher, 'fleet:watch', { bbox: BBOX, zoom: 12 });
    const fleet = follow(dispatcher, 'fleet', answer.vehicles);
    await expect.poll(() => fleet().get('f-silent')).toBeDefined();
    stop();
    await expect
      .poll(() => pushes(dispatcher, 'gone'), { timeout: 15_000 })
      .toMatchObject([{ driverId: 'f-silent', reason: 'silent' }]);
    await expect.poll(() => fleet().get('f-silent')).toBeUndefined();
    const { body } = await rest(
      `${system.url}/api/drivers/f-silent`,
      'GET',
      await system.token('service', 's'),
    );
    expect(body).toMatchObject({ status: 'offline' });
    await ask(driver, 'fixes', [{ t: Date.now(), ...HERE }]);
    await expect.poll(() => fleet().get('f-silent')).toMatchObject({ status: 'available' });
  });

  test('see a driver who appears in another region leave one area and enter the other', async () => {
    const dispatcher = await client(1, '/dispatch', 'dispatcher', 'desk-3');
    const away = await client(1, '/dispatch', 'dispatcher', 'desk-4');
    const driver = await client(0, '/driver', 'driver', 'f-flight');
    const now = Date.now();
    await ask(driver, 'fixes', [{ t: now - 4_900, ...HERE }]);
    const home = await ask(dispatcher, 'fleet:watch', { bbox: BBOX, zoom: 12 });
    const there = await ask(away, 'fleet:watch', {
      bbox: [FAR.lng - 0.05, FAR.lat - 0.05, FAR.lng + 0.05, FAR.lat + 0.05],
      zoom: 12,
    });
    const left = follow(dispatcher, 'fleet', home.vehicles);
    const entered = follow(away, 'fleet', there.vehicles);
    await expect.poll(() => left().get('f-flight')).toBeDefined();
    // No car drives that far in no time: confirmed by five different fixes over four seconds.
    for (const [i, ageMs] of [4_400, 3_300, 2_200, 1_100, 0].entries())
      await ask(driver, 'fixes', [{ t: now - ageMs, lat: FAR.lat + i * 1e-5, lng: FAR.lng }]);
    await expect.poll(() => entered().get('f-flight')).toBeDefined();
    await expect.poll(() => left().get('f-flight')).toBeUndefined();
  });
});

describe('riders', () => {
  test('see available cars near a pin under names of their session, and none that are far away, busy, gone or new', async () => {
    const near = await keepShownAt('n-near', PIN);
    const far = await keepShownAt('n-far', { lat: 35.62, lng: -73.9 });
    const busy = await keepShownAt('n-busy', PIN);
    await ask(busy.driver, 'status', 'busy');
    const fresh = await keepDriving('n-fresh', PIN);
    const rider = await client(1, '/rider', 'rider', 'r-near');
    const watch = { ...PIN, radiusM: 1_000 };
    await expect.poll(async () => (await ask(rider, 'nearby:watch', watch)).cars?.length).toBe(1);
    const answer = await ask(rider, 'nearby:watch', watch);
    const shown = snapToGrid(PIN, RIDER_GRID_M);
    expect(answer.cars).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{16}$/),
        ...shown,
        heading: null,
        t: expect.any(Number),
        cell: nearbyCell(shown),
      },
    ]);
    const [first] = answer.cars;
    expect(first!.t % 5_000).toBe(0);
    const cars = follow(rider, 'cars', answer.cars);
    await expect.poll(() => cars().get(first!.id)?.t).toBeGreaterThan(first!.t);
    expect([...cars()].map((car) => Object.keys(car).sort())).toEqual([['heading', 'id', 'lat', 'lng', 't']]);

    // Another session, of the same rider or another one, has other names, on each transport.
    const byRest = async (token: string): Promise<Car[]> =>
      (await rest(`${system.url}/api/nearby?lat=35.6&lng=-73.9&radiusM=1000&limit=100`, 'GET', token)).body
        .cars;
    const tokens = await Promise.all([
      system.token('rider', 'r-near', '1h'),
      system.token('rider', 'r-near', '2h'),
      system.token('rider', 'x', '1h'),
    ]);
    const second = await client(0, '/rider', 'rider', 'r-near');
    const seen = [
      ...(await ask(second, 'nearby:watch', watch)).cars,
      ...(await Promise.all(tokens.map(byRest))).flat(),
    ];
    expect(seen).toHaveLength(4);
    expect(new Set([first!.id, ...seen.map(({ id }) => id)]).size).toBe(5);
    for (const { lat, lng } of seen) expect({ lat, lng }).toEqual(shown);
    expect((await byRest(tokens[0]!))[0]!.id, 'the same session').toBe(seen[1]!.id);

    // A trip hides the car, and its end does not show it again.
    const service = await system.token('service', 's');
    const request = { riderId: 'r-else', driverId: 'n-near', pickup: PIN, dropoff: PIN };
    const { body: trip } = await rest(`${system.url}/api/trips`, 'POST', service, request);
    await expect.poll(() => cars().size).toBe(0);
    await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', service, { state: 'cancelled' });
    const status = async () => (await rest(`${system.url}/api/drivers/n-near`, 'GET', service)).body.status;
    await expect.poll(status).toBe('available');
    expect((await ask(second, 'nearby:watch', watch)).cars).toEqual([]);
    expect(await byRest(tokens[2]!)).toEqual([]);
    expect(JSON.stringify([rider.received, second.received, seen])).not.toMatch(/n-(near|far|busy|fresh)/);
    for (const { stop } of [near, far, busy, fresh]) stop();
  });

  test('do not see the car of a driver whom they had within half an hour, which others do', async () => {
    const place = { lat: 35.3, lng: -73.9 };
    const had = await keepShownAt('had-driver', place);
    const recent = new RecentDrivers(system.redis.client);
    await recent.add('had-rider', 'had-driver', Date.now() - 29 * 60_000);
    await recent.add('had-before', 'had-driver', Date.now() - 31 * 60_000);
    const watch = { ...place, radiusM: 1_000 };
    const [rider, before] = [
      await client(1, '/rider', 'rider', 'had-rider'),
      await client(1, '/rider', 'rider', 'had-before'),
    ];
    await expect.poll(async () => (await ask(before, 'nearby:watch', watch)).cars?.length).toBe(1);
    expect((await ask(rider, 'nearby:watch', watch)).cars).toEqual([]);
    const path = `nearby?lat=${place.lat}&lng=${place.lng}&radiusM=1000`;
    const token = await system.token('rider', 'had-rider');
    expect((await rest(`${system.url}/api/${path}`, 'GET', token)).body.cars).toEqual([]);
    const poll = (await rest(`${system.url}/api/poll/${path}`, 'GET', token)).body;
    expect(poll.events).toMatchObject([{ event: 'snapshot', data: { cars: [] } }]);
    // The car of the driver moves: no push either.
    await expect.poll(() => pushes(before, 'cars').length).toBeGreaterThan(0);
    expect(pushes(rider, 'cars')).toEqual([]);
    had.stop();
  });

  test('who move the pin receive a delta: the cars of added cells, and the removed cells', async () => {
    const place = (metresEast: number) => ({
      lat: 12,
      lng: 30 + metresEast / (111_195 * Math.cos((12 * Math.PI) / 180)),
    });
    const drivers = await Promise.all([0, 2_000, 4_000].map((east) => keepShownAt(`m-${east}`, place(east))));
    const rider = await client(1, '/rider', 'rider', 'r-moves');
    const watch = (east: number, delta?: boolean) =>
      ask(rider, 'nearby:watch', { ...place(east), radiusM: 1_200, delta });
    const cells = ({ cars }: { cars: PlacedCar[] }) => cars.map(({ cell }) => cell).sort();
    const [west, middle, east] = [0, 2_000, 4_000].map((metres) =>
      nearbyCell(snapToGrid(place(metres), RIDER_GRID_M)),
    );
    await expect.poll(async () => (await watch(3_000)).cars?.length).toBe(2);
    await expect.poll(async () => (await watch(1_000)).cars?.length).toBe(2);
    const first = await watch(1_000);
    expect(cells(first)).toEqual([west, middle].sort());
    expect(first).toMatchObject({ removedCells: [], delta: false });
    const moved = await watch(3_000, true);
    expect(cells(moved), 'the middle is known').toEqual([east]);
    expect(moved).toMatchObject({ delta: true });
    expect(moved.removedCells).toContain(west);
    expect(moved.removedCells).not.toContain(middle);
    expect(cells(await watch(3_000))).toEqual([middle, east].sort());
    await ask(rider, 'nearby:unwatch', {});
    expect(cells(await watch(3_000, true)), 'nothing is known any more').toEqual([middle, east].sort());
    for (const { stop } of drivers) stop();
  });

  test('who did not receive all cars of a cell get a full snapshot when the pin moves', async () => {
    const place = (metresNorth: number) => ({ lat: 15 + metresNorth / 111_195, lng: 30 });
    const T = Date.now() + 60_000;
    const shown = (driverId: string, at: { lat: number; lng: number }) =>
      recordAt(driverId, T, at, { concealment: shownAtPlace(at) });
    const crowd = Array.from({ length: 500 }, (_, i) => shown(`crowd-${i}`, place(i / 100)));
    const far = shown('behind-the-crowd', place(1_400));
    const index = new FleetIndex(system.redis.client);
    await index.apply([...crowd, far].map((after) => ({ before: null, expected: null, after, track: [] })));
    const rider = await client(1, '/rider', 'rider', 'r-crowd');
    const watch = async (north: number) =>
      ask(rider, 'nearby:watch', { ...place(north), radiusM: 1_200, delta: true });
    const farLat = snapToGrid(far, RIDER_GRID_M).lat;
    const hasFarCar = ({ cars }: { cars: Car[] }) => cars.some(({ lat }) => lat === farLat);
    const first = await watch(0);
    expect(first.cars.length).toBeLessThanOrEqual(NEAREST_CARS);
    expect(first.cars.length).toBeGreaterThanOrEqual(NEAREST_CARS - 2);
    expect(hasFarCar(first)).toBe(false);
    const moved = await watch(2_800);
    expect(moved).toMatchObject({ delta: false });
    expect(hasFarCar(moved)).toBe(true);
    expect(await watch(2_800)).toMatchObject({ delta: true, cars: [] });
  });

  test('services find drivers by id, nearest first, by the distance of the last fix', async () => {
    const service = await system.token('service', 's');
    for (const [sub, metres] of [
      ['q-300', 300],
      ['q-100', 100],
      ['q-200', 200],
    ] as const) {
      const driver = await client(0, '/driver', 'driver', sub);
      await ask(driver, 'fixes', drive(1, { lat: 10 + metres / 111_195, lng: 20 }));
    }
    const find = async () =>
      (await rest(`${system.url}/api/nearby?lat=10&lng=20&radiusM=250`, 'GET', service)).body.drivers;
    await expect
      .poll(async () => (await find()).map(({ driverId }: { driverId: string }) => driverId))
      .toEqual(['q-100', 'q-200']);
    expect((await find())[0]).toMatchObject({
      distanceM: expect.closeTo(100, 0),
      status: 'available',
      heading: 0,
    });
  });

  test.each([
    ['at the pole', { lat: 89.999, lng: 10 }, { lat: 89.9985, lng: -170 }],
    ['over the antimeridian', { lat: 10, lng: 179.9999 }, { lat: 10, lng: -179.9999 }],
    ['at the edge of what geo sets can hold', { lat: 85.06, lng: 0 }, { lat: 85.07, lng: 0 }],
  ])('and find them %s, where maps end', async (where, place, pin) => {
    const driver = await client(0, '/driver', 'driver', `q-${where.replaceAll(' ', '-')}`);
    expect(await ask(driver, 'fixes', [{ t: Date.now(), ...place }])).toMatchObject({ accepted: 1 });
    const query = `lat=${pin.lat}&lng=${pin.lng}&radiusM=2000`;
    const find = async () =>
      (await rest(`${system.url}/api/nearby?${query}`, 'GET', await system.token('service', 's'))).body;
    await expect.poll(async () => (await find()).drivers).toMatchObject([{ lat: place.lat, lng: place.lng }]);
  });
});

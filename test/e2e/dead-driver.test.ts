import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect } from 'vitest';
import type { Fix } from '#protocol';
import { Api } from '#sdk';
import { startBlackholeProxy } from '../fixtures/blackhole-proxy.js';
import { ask, connectStock, drive, live, pushes } from '../fixtures/clients.js';
import { Apps, backdate, collectStates } from '../fixtures/journey.js';
import type { System } from '../fixtures/system.js';
import { SILENT_MS, test } from '../fixtures/test.js';
import { sumOfSteps } from '../fixtures/tracks.js';

const PLACE = { lat: 37.75, lng: -73.99 };
const BEFORE = 19;
/** More than one batch of the sdk. */
const DURING = 120;

let system: System;
let apps: Apps;
test.beforeAll(async ({ silentSystem }) => {
  system = silentSystem;
  apps = new Apps(system);
});
afterAll(() => apps.closeAll());

const times = (fixes: Fix[]) => fixes.map(({ t }) => t);

test('a processor that was suspended does not report drivers as silent', async () => {
  const driver = await apps.driverAt('still-driver', PLACE);
  const token = await system.token('dispatcher', 'still-desk');
  const dispatcher = await connectStock(system.url, '/dispatch', token);
  expect(await ask(dispatcher, 'driver:watch', { driverId: 'still-driver' })).toMatchObject({ ok: true });
  const pids = [
    ...system.processors.map((processor) => processor.process.pid!),
    ...system.gateways.map((gateway) => gateway.pid),
  ];
  const last = Date.now();
  driver.push({ t: last, ...PLACE });
  await expect.poll(() => pushes(dispatcher, 'position').at(-1)?.t).toBe(last);
  const from = Date.now();
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await expect.poll(() => Date.now() - from, { timeout: 30_000 }).toBeGreaterThan(SILENT_MS + 500);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  await expect.poll(() => Date.now() - from).toBeGreaterThan(SILENT_MS + 1_200);
  const t = Date.now();
  driver.push({ t, ...PLACE });
  await expect.poll(() => pushes(dispatcher, 'position').at(-1)?.t).toBe(t);
  expect(pushes(dispatcher, 'gone')).toEqual([]);
  dispatcher.socket.disconnect();
  driver.close();
});

test('a driver app that is cut off during a trip loses nothing from its track, and its rider sees no replay', async () => {
  const line = await startBlackholeProxy(Number(new URL(system.gateways[0]!.url).port));
  const url = `http://127.0.0.1:${line.port}`;
  const fixes: Fix[] = [];
  // Slow enough for a car, although so many fixes take only seconds.
  const way = drive(1 + BEFORE + DURING + 1, PLACE).map((fix) => ({
    ...fix,
    lng: PLACE.lng + (fix.lng - PLACE.lng) / 3,
    accuracyM: 3,
  }));
  const next = live(way);
  const take = (): Fix => {
    fixes.push(next.next().value!);
    return fixes.at(-1)!;
  };
  const first = take();
  const driver = await apps.driverAt('dead-driver', first, { url, t: first.t });
  const rider = await apps.rider('dead-rider', { url: system.gateways[1]!.url });
  const states = collectStates(rider);
  const seen: number[] = [];
  const gone: string[] = [];
  rider.on('position', ({ t }) => seen.push(t));
  rider.on('gone', ({ reason }) => gone.push(reason));

  const offered = driver.once('offer');
  const trip = await rider.requestTrip({ pickup: PLACE, dropoff: PLACE });
  await offered;
  await driver.accept(trip.id);
  for (const step of ['arriving', 'arrived', 'on_trip'] as const) await driver.step(trip.id, step);
  // The first fix is older than the trip.
  await backdate(system, trip.id, 30_000);
  for (let i = 0; i < BEFORE; i += 1) driver.push(take());
  const lastSeen = fixes.at(-1)!.t;
  await expect.poll(() => seen.at(-1)).toBe(lastSeen);

  line.die();
  for (let i = 0; i < DURING; i += 1) {
    driver.push(take());
    await sleep(50);
  }
  await expect.poll(() => gone).toEqual(['silent']);
  expect(driver.waiting).toBe(DURING);
  expect(seen.at(-1)).toBe(lastSeen);

  const seenBefore = seen.length;
  line.heal();
  await driver.drained();
  const newest = take();
  driver.push(newest);
  await expect.poll(() => seen.at(-1)).toBe(newest.t);
  expect(seen).toEqual(seen.toSorted());
  expect(seen.length - seenBefore).toBeLessThan(10);
  expect(gone).toEqual(['silent']);
  await driver.step(trip.id, 'completed');
  await expect.poll(() => states.at(-1)).toBe('completed');

  const ridersView = new Api({ url: system.url, token: await system.token('rider', 'dead-rider') });
  const { properties, geometry } = await ridersView.track('dead-driver', { tripId: trip.id });
  expect(properties.times).toEqual(times(fixes));
  expect(geometry!.coordinates).toHaveLength(fixes.length);
  const drivenM = sumOfSteps(fixes);
  expect(drivenM).toBeGreaterThan(DURING * 2.5);
  // Slightly less: the end of a track counts only once the car has moved further than the receiver error.
  expect(properties.distanceM).toBeGreaterThan(0.95 * drivenM);
  expect(properties.distanceM).toBeLessThan(1.01 * drivenM);
  const summary = await ridersView.summary(trip.id);
  expect(summary.distanceM).toBeCloseTo(properties.distanceM, 0);
  line.stop();
});

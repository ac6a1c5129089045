import { afterAll, expect } from 'vitest';
import type { Fix } from '#protocol';
import { Api } from '#sdk';
import { startBlackholeProxy } from '../fixtures/blackhole-proxy.js';
import { ask, connectStock, drive, pushes } from '../fixtures/clients.js';
import { Apps, backdate, collectStates } from '../fixtures/journey.js';
import type { System } from '../fixtures/system.js';
import { SILENT_MS, test } from '../fixtures/test.js';
import { sumOfSteps } from '../fixtures/tracks.js';

const PLACE = { lat: 40.75, lng: -73.99 };
const DEAD_S = 120;

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

test('a driver app that is down for two minutes of a trip loses nothing from its track', async () => {
  const line = await startBlackholeProxy(Number(new URL(system.gateways[0]!.url).port));
  const fixes = drive(DEAD_S + 20, PLACE);
  const [first, ...rest] = fixes as [Fix, ...Fix[]];
  const url = `http://127.0.0.1:${line.port}`;
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
  // The fixes cover two minutes that this test does not wait for, so the trip must be older as well.
  await backdate(system, trip.id, (DEAD_S + 30) * 1_000);
  const before = rest.slice(0, 19);
  const during = rest.slice(19);
  for (const fix of before) driver.push(fix);
  await expect.poll(() => seen.at(-1)).toBe(before.at(-1)!.t);

  line.die();
  for (const fix of during) driver.push(fix);
  await expect.poll(() => gone).toEqual(['silent']);
  expect(driver.waiting).toBe(during.length);
  expect(seen.at(-1)).toBe(before.at(-1)!.t);

  line.heal();
  await driver.drained();
  await expect.poll(() => seen.at(-1)).toBe(during.at(-1)!.t);
  expect(seen).toEqual(seen.toSorted());
  expect(gone).toEqual(['silent']);
  await driver.step(trip.id, 'completed');
  await expect.poll(() => states.at(-1)).toBe('completed');

  const ridersView = new Api({ url: system.url, token: await system.token('rider', 'dead-rider') });
  const { properties, geometry } = await ridersView.track('dead-driver', { tripId: trip.id });
  expect(properties.times).toEqual(times(fixes));
  expect(properties.late).toEqual([]);
  expect(geometry!.coordinates).toHaveLength(fixes.length);
  const drivenM = sumOfSteps(fixes);
  expect(drivenM).toBeGreaterThan(DEAD_S * 8);
  // Slightly less: the end of a track counts only once the car has moved further than the receiver error.
  expect(properties.distanceM).toBeGreaterThan(0.95 * drivenM);
  expect(properties.distanceM).toBeLessThan(1.01 * drivenM);
  const summary = await ridersView.summary(trip.id);
  expect(summary.distanceM).toBeCloseTo(properties.distanceM, 0);
  line.stop();
});

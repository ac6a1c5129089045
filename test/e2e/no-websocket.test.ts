import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriverClient, devToken, RiderClient } from '#sdk';
import { openEvents } from '../support/event-stream.js';
import { startFilterProxy } from '../support/filter-proxy.js';
import { type System, startSystem } from '../support/system.js';

const PICKUP = { lat: 40.75, lng: -73.99 };

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

test('where no WebSocket passes, apps connect by long polling by themselves, and a trip is driven', async () => {
  let upgrades = 0;
  const proxy = await startFilterProxy(system.url, ({ isUpgrade }) => {
    if (isUpgrade) upgrades += 1;
    return !isUpgrade;
  });
  const { url } = proxy;
  const driver = new DriverClient({ url, token: () => devToken('driver', 'blocked', url) });
  const rider = new RiderClient({ url, token: () => devToken('rider', 'blocked-rider', url) });
  driver.on('offer', ({ tripId }) => void driver.accept(tripId));
  const states: string[] = [];
  rider.on('trip', ({ state }) => states.push(state));
  const seen: number[] = [];
  rider.on('position', ({ t }) => seen.push(t));
  await Promise.all([driver.connect(), rider.connect()]);
  expect(upgrades).toBeGreaterThan(0);
  const t = Date.now();
  driver.push({ t, ...PICKUP });
  const trip = await rider.requestTrip({ pickup: PICKUP, dropoff: PICKUP });
  await expect.poll(() => seen.at(-1)).toBe(t);
  driver.push({ t: t + 1_000, ...PICKUP });
  await expect.poll(() => seen.at(-1)).toBe(t + 1_000);
  await driver.step(trip.id, 'cancelled');
  await expect.poll(() => states).toEqual(['requested', 'offered', 'accepted', 'cancelled']);
  for (const client of [driver, rider]) client.close();
  proxy.stop();
});

test('where nothing but plain HTTP passes, a trip is followed to its end over server-sent events', async () => {
  const proxy = await startFilterProxy(system.url, ({ path }) => !path.startsWith('/socket.io'));
  const driver = new DriverClient({ url: system.url, token: await system.token('driver', 'plain') });
  driver.on('offer', ({ tripId }) => void driver.accept(tripId));
  await driver.connect();
  const far = { lat: 10, lng: 20 };
  driver.push({ t: Date.now(), ...far });
  const rider = new RiderClient({ url: proxy.url, token: await system.token('rider', 'plain-rider') });
  const trip = await rider.requestTrip({ pickup: far, dropoff: far });
  const token = await system.token('rider', 'plain-rider');
  const stream = await openEvents(`${proxy.url}/api/stream/trip/${trip.id}`, { token });
  const states = () => stream.events.filter(({ event }) => event === 'trip').map(({ data }) => data.state);
  await expect.poll(() => states().at(-1)).toBe('accepted');
  const t = Date.now();
  driver.push({ t, ...far });
  await expect.poll(() => stream.events.filter(({ event }) => event === 'position').at(-1)?.data.t).toBe(t);
  await driver.step(trip.id, 'cancelled');
  await expect.poll(stream.isOver).toBe(true);
  expect(states().at(-1)).toBe('cancelled');
  for (const client of [driver, rider]) client.close();
  proxy.stop();
});

import { afterAll, expect } from 'vitest';
import { RiderClient } from '#sdk';
import { ask, connectStock, drive, driveUpTo, pushes, type StockClient } from '../fixtures/clients.js';
import { connectPacket, RawPolling } from '../fixtures/polling.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
let gateway: string;
/** A driver on the attacked gateway who must not be affected. */
let bystander: StockClient;

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  gateway = system.gateways[0]!.url;
  bystander = await connectStock(gateway, '/driver', await system.token('driver', 'bystander'));
});
afterAll(async () => {
  expect(bystander.socket.connected).toBe(true);
  bystander.socket.disconnect();
});

const connectionsOf = async (userId: string): Promise<object[]> => {
  const service = await system.token('service', 'ops');
  return (await rest(`${system.url}/api/users/${userId}/presence`, 'GET', service)).body.connections;
};
const place = (i: number) => ({ lat: 48 + i * 0.2, lng: 80, radiusM: 1_000 });

test('a connection that requests a namespace 30,000 times before authenticating is closed', async () => {
  for (let i = 0; i < 3; i += 1) {
    const raw = await RawPolling.open(gateway);
    await raw.post(Array(30_000).fill('40'));
    expect(await raw.poll()).toBeNull();
  }
  expect(await ask(bystander, 'fixes', drive(1))).toMatchObject({ ok: true });
});

test('one POST opens at most one socket per user', async () => {
  const raw = await RawPolling.open(gateway);
  const token = await system.token('rider', 'floods');
  expect(await raw.post(Array(400).fill(connectPacket('/rider', token)))).not.toBe(413);
  expect(await raw.poll()).toBeNull();
  await expect.poll(() => connectionsOf('floods')).toEqual([]);
});

test('the eleventh connection of a user is refused for now, and an SDK client gets in once there is room', async () => {
  const token = await system.token('rider', 'eleven');
  const ten = await Promise.all(Array.from({ length: 10 }, () => connectStock(gateway, '/rider', token)));
  const states: unknown[] = [];
  const eleventh = new RiderClient({ url: gateway, token, backoff: { baseMs: 100, ceilingMs: 200 } });
  eleventh.on('connection', (state) => states.push(state));
  const connecting = eleventh.connect();
  const reason = expect.stringContaining('ten connections');
  await expect.poll(() => states).toContainEqual({ state: 'offline', reason });
  for (const { socket } of ten) expect(socket.connected).toBe(true);
  ten[0]!.socket.disconnect();
  await connecting;
  eleventh.close();
  for (const { socket } of ten) socket.disconnect();
});

test('when watches arrive faster than they are answered, only the newest takes effect', async () => {
  const rider = await connectStock(gateway, '/rider', await system.token('rider', 'impatient'));
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => ask(rider, 'nearby:watch', place(i))),
  );
  const taken = answers.filter(({ ok }) => ok).length;
  expect(taken).toBeLessThan(50);
  expect(answers.at(-1)).toMatchObject({ ok: true });
  expect(answers.find(({ ok }) => !ok)).toMatchObject({ code: 'SUPERSEDED', retry: false });
  for (const [name, i] of [
    ['seen', 49],
    ['unseen', 1],
  ] as const) {
    const driver = await connectStock(gateway, '/driver', await system.token('driver', name));
    await ask(driver, 'status', 'available');
    await ask(driver, 'fixes', driveUpTo(place(i)));
    driver.socket.disconnect();
  }
  await expect.poll(() => pushes(rider, 'cars').length).toBeGreaterThan(0);
  for (const { moved } of pushes(rider, 'cars'))
    for (const { lat } of moved) expect(lat).toBeCloseTo(place(49).lat, 1);
  rider.socket.disconnect();
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect } from 'vitest';
import { indexCell } from '#geo/cells';
import type { Fix } from '#protocol';
import { Api } from '#sdk';
import { connect, FleetQueries } from '#store';
import { ask, connectStock, drive, pushes, type StockClient } from '../fixtures/clients.js';
import { Apps, north } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { SILENT_MS, test } from '../fixtures/test.js';

const HERE = { lat: 12.3, lng: 45.6 };

let system: System;
let service: string;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  service = await system.token('service', 'positions');
});

const open: StockClient[] = [];
afterAll(() => {
  for (const { socket } of open) socket.disconnect();
});

async function client(node: 0 | 1, namespace: '/driver' | '/dispatch', sub: string) {
  const token = await system.token(namespace === '/driver' ? 'driver' : 'dispatcher', sub);
  const connected = await connectStock(system.gateways[node]!.url, namespace, token);
  open.push(connected);
  return connected;
}

/** A dispatcher who follows the driver from another node. */
async function followerOf(driverId: string) {
  const follower = await client(1, '/dispatch', `${driverId}-follower`);
  await ask(follower, 'driver:watch', { driverId });
  return () => pushes(follower, 'position');
}

const driver = async (id: string) => (await rest(`${system.url}/api/drivers/${id}`, 'GET', service)).body;
const trackTimes = async (id: string, from: number, to: number): Promise<number[]> =>
  (await rest(`${system.url}/api/drivers/${id}/track?from=${from}&to=${to}`, 'GET', service)).body.properties
    ?.times;
const isNearby = async (id: string, { lat, lng } = HERE) => {
  const { body } = await rest(
    `${system.url}/api/nearby?lat=${lat}&lng=${lng}&radiusM=5000&limit=100`,
    'GET',
    service,
  );
  return body.drivers.some(({ driverId }: { driverId: string }) => driverId === id);
};

describe('a driver is shown', () => {
  test('only once a recent fix arrives, when the phone first reports where it was three hours ago', async () => {
    const phone = await client(0, '/driver', 'p-cached');
    const cached = { t: Date.now() - 3 * 3_600_000, ...HERE };
    await ask(phone, 'status', 'available');
    expect(await ask(phone, 'fixes', [cached])).toMatchObject({ ok: true, accepted: 1 });
    await expect
      .poll(() => driver('p-cached'))
      .toMatchObject({ status: 'offline', position: { t: cached.t } });
    expect(await isNearby('p-cached')).toBe(false);
    expect(await trackTimes('p-cached', cached.t, cached.t)).toEqual([cached.t]);
    const recent = { t: Date.now(), ...HERE };
    await ask(phone, 'fixes', [recent]);
    await expect
      .poll(() => driver('p-cached'))
      .toMatchObject({ status: 'available', position: { t: recent.t } });
    expect(await isNearby('p-cached')).toBe(true);
  });

  test('as live when the clock of the phone is two minutes slow', async () => {
    const phone = await client(0, '/driver', 'p-slow');
    const seen = await followerOf('p-slow');
    const report = () => ask(phone, 'fixes', [{ t: Date.now() - 120_000, ...HERE }]);
    const statusAfterReport = async () => {
      await report();
      return (await driver('p-slow')).status;
    };
    await report();
    await expect.poll(statusAfterReport, { interval: 500, timeout: 10_000 }).toBe('available');
    const { position } = await driver('p-slow');
    expect(position.ageMs).toBeLessThan(5_000);
    expect(position.receivedAt - position.t).toBeGreaterThan(115_000);
    await expect.poll(() => seen().at(-1)?.receivedAt).toBeGreaterThan(Date.now() - 10_000);
  });

  test('where it is, two seconds after a single fix from the future', async () => {
    const phone = await client(0, '/driver', 'p-future');
    await ask(phone, 'fixes', [{ t: Date.now() + 55_000, ...HERE }]);
    await sleep(2_100);
    const fix = { t: Date.now(), lat: HERE.lat, lng: 45.6003 };
    await ask(phone, 'fixes', [fix]);
    await expect.poll(() => driver('p-future')).toMatchObject({ position: { t: fix.t, lng: fix.lng } });
  });

  test('where it was while the sign of its longitude is flipped', async () => {
    const phone = await client(0, '/driver', 'p-flipped');
    const seen = await followerOf('p-flipped');
    const [first, ...others] = drive(6, HERE) as [Fix, ...Fix[]];
    await ask(phone, 'fixes', [first]);
    for (const fix of others.slice(0, 4)) await ask(phone, 'fixes', [{ ...fix, lng: -fix.lng }]);
    await ask(phone, 'fixes', [others[4]!]);
    await expect.poll(() => seen().map(({ t }) => t)).toEqual([first.t, others[4]!.t]);
    expect(await driver('p-flipped')).toMatchObject({ counts: { implausible: 4 } });
  });
});

test('after a night offline, followers get the newest position and the track the rest', async () => {
  const phone = await client(0, '/driver', 'p-night');
  const seen = await followerOf('p-night');
  const fixes = drive(1_000, HERE, Date.now(), 1_000);
  for (let at = 0; at < fixes.length; at += 100) await ask(phone, 'fixes', fixes.slice(at, at + 100));
  await expect.poll(() => seen().at(-1)?.t).toBe(fixes.at(-1)!.t);
  expect(seen().length).toBeLessThan(5);
  const [from, to] = [fixes[0]!.t, fixes.at(-1)!.t];
  await expect.poll(() => trackTimes('p-night', from, to)).toEqual(fixes.map(({ t }) => t));
});

describe('a driver whose position another app made up', () => {
  const PICKUP = { lat: -48.2, lng: 70.3 };

  /** A made-up driver at the pick-up, a true one 500 m away, and the trip of a rider there. */
  async function request(on: System, name: string) {
    const apps = new Apps(on);
    const [mock, real] = [`${name}-mock`, `${name}-real`];
    const phone = await connectStock(on.url, '/driver', await on.token('driver', mock));
    open.push(phone);
    await ask(phone, 'status', 'available');
    await ask(phone, 'fixes', [{ t: Date.now(), ...PICKUP, isMock: true }]);
    await apps.driverAt(real, north(PICKUP, 500));
    const rider = await apps.rider(`pos-${name}-rider`);
    const { id } = await rider.requestTrip({ pickup: PICKUP, dropoff: north(PICKUP, 2_000) });
    const api = new Api({ url: on.url, token: await on.token('service', name) });
    const offered = async () => (await api.trip(id)).offer?.driverId;
    return { mock, real, phone, offered, end: () => apps.closeAll() };
  }

  test('is offered no trip: the next one is', async ({ system }) => {
    const { real, phone, offered, end } = await request(system, 'm-off');
    await expect.poll(offered).toBe(real);
    expect(pushes(phone, 'offer')).toEqual([]);
    end();
  });

  test('is offered trips where HEXFLEET_MOCK_DRIVERS is 1', async ({ silentSystem }) => {
    const { mock, phone, offered, end } = await request(silentSystem, 'm-on');
    await expect.poll(offered).toBe(mock);
    await expect.poll(() => pushes(phone, 'offer')).toHaveLength(1);
    end();
  });
});

test('counts per cell leave out a driver who has sent nothing for the silence limit', async ({
  silentSystem,
}) => {
  const place = { lat: -49.4, lng: 69.5 };
  const redis = connect(silentSystem.redis.url, 'commands', () => {});
  const phone = await connectStock(
    silentSystem.url,
    '/driver',
    await silentSystem.token('driver', 'p-counted'),
  );
  open.push(phone);
  const counts = () => new FleetQueries(redis, SILENT_MS).counts([indexCell(place)]);
  await ask(phone, 'status', 'available');
  await ask(phone, 'fixes', [{ t: Date.now(), ...place }]);
  await expect.poll(counts).toMatchObject([{ available: 1, busy: 0 }]);
  // A status is no position.
  await ask(phone, 'status', 'busy');
  await expect.poll(counts, { timeout: 4 * SILENT_MS }).toEqual([]);
  redis.disconnect();
});

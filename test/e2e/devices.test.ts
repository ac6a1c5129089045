import { afterAll, describe, expect } from 'vitest';
import { regionAt } from '#geo/cells';
import type { Fix } from '#protocol';
import { DriverClient, type RejectedFix } from '#sdk';
import { ask, connectStock, drive, live, pushes, type StockClient } from '../fixtures/clients.js';
import { startFilterProxy } from '../fixtures/filter-proxy.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const HERE = { lat: -12.3, lng: 45.6 };
/** Eight kilometres away. */
const THERE = { lat: HERE.lat + 0.07, lng: HERE.lng };
const REFUSED = { ok: false, code: 'OTHER_DEVICE', retry: false };

let system: System;
let service: string;
let dispatcher: StockClient;
const open: StockClient[] = [];

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  service = await system.token('service', 'devices');
  const token = await system.token('dispatcher', 'devices');
  dispatcher = await connectStock(system.gateways[1]!.url, '/dispatch', token);
  open.push(dispatcher);
  await ask(dispatcher, 'region:watch', { region: regionAt(HERE), after: null });
});
afterAll(() => {
  for (const { socket } of open) socket.disconnect();
});

async function phone(driverId: string, deviceId?: string, node: 0 | 1 = 0): Promise<StockClient> {
  const token = await system.token('driver', driverId);
  const connected = await connectStock(system.gateways[node]!.url, '/driver', token, { deviceId });
  open.push(connected);
  return connected;
}

/** A phone without a socket. @param deviceId absent for one that does not name itself */
async function phoneOverHttp(driverId: string, deviceId?: string) {
  const token = await system.token('driver', driverId);
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(deviceId !== undefined && { 'device-id': deviceId }),
  };
  const send = async (method: string, path: string, body: unknown) => {
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${system.gateways[1]!.url}/api/${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return {
    fixes: (...fixes: Fix[]) => send('POST', 'fixes', fixes),
    status: (status: string) => send('PUT', 'status', { status }),
  };
}

const now = (place: typeof HERE): Fix => ({ t: Date.now(), ...place });
const driver = async (id: string) => (await rest(`${system.url}/api/drivers/${id}`, 'GET', service)).body;
const alertsAbout = (driverId: string) =>
  pushes(dispatcher, 'alert').filter((alert) => alert.driverId === driverId);

describe('of two phones with one login, the service follows', () => {
  test('the one that went online last', async () => {
    const first = await phone('p-two');
    const second = await phone('p-two', undefined, 1);
    for (const fix of live(drive(2, HERE)))
      expect(await ask(first, 'fixes', [fix])).toMatchObject({ ok: true });
    await ask(second, 'status', 'available');
    await expect.poll(() => pushes(first, 'device:replaced')).toMatchObject([{ deviceId: second.socket.id }]);
    expect(await ask(first, 'fixes', drive(1, HERE))).toMatchObject(REFUSED);
    // Its end of work is not the driver's.
    expect(await ask(first, 'status', 'offline')).toMatchObject({ ok: true });
    expect((await driver('p-two')).status).toBe('available');
    expect(await ask(second, 'fixes', [now(THERE)])).toMatchObject({ ok: true });
    const presence = await rest(`${system.url}/api/users/p-two/presence`, 'GET', service);
    expect(presence.body.connections.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([
      first.socket.id,
      second.socket.id,
    ]);

    await ask(first, 'status', 'available');
    expect(await ask(first, 'fixes', drive(1, HERE))).toMatchObject({ ok: true });
    // Once before it went online itself, and once now.
    await expect.poll(() => pushes(second, 'device:replaced')).toHaveLength(2);
  });

  test('one of them, when both send a fix every second', async () => {
    const first = await phone('p-alternating', 'a');
    const second = await phone('p-alternating', 'b', 1);
    const answers: boolean[] = [];
    for (let round = 0; round < 4; round += 1) {
      answers.push((await ask(first, 'fixes', [now(HERE)])).ok);
      answers.push((await ask(second, 'fixes', [now(THERE)])).ok);
    }
    expect(answers).toEqual(Array.from({ length: 4 }, () => [true, false]).flat());
    expect(await driver('p-alternating')).toMatchObject({ position: HERE, counts: { implausible: 0 } });
  });

  test('the newer one, also after the older one has reconnected, until that one sets a status', async () => {
    const first = await phone('p-back', 'a');
    await ask(first, 'fixes', [now(HERE)]);
    const second = await phone('p-back', 'b', 1);
    await ask(second, 'status', 'available');
    first.socket.disconnect();
    const again = await phone('p-back', 'a');
    expect(await ask(again, 'fixes', [now(HERE)])).toMatchObject(REFUSED);
    expect(pushes(again, 'device:replaced')).toMatchObject([{ deviceId: 'b' }]);
    await ask(again, 'status', 'available');
    expect(await ask(again, 'fixes', [now(HERE)])).toMatchObject({ ok: true });
    expect(await ask(second, 'fixes', [now(THERE)])).toMatchObject(REFUSED);
  });

  test('the one whose status and fixes arrive together on a new connection', async () => {
    const other = await phone('p-together', 'b');
    const first = await phone('p-together', 'a');
    await ask(first, 'fixes', [now(HERE)]);
    await ask(other, 'status', 'available');
    first.socket.disconnect();
    const again = await phone('p-together', 'a', 1);
    const [status, fixes] = await Promise.all([
      ask(again, 'status', 'available'),
      ask(again, 'fixes', [now(HERE)]),
    ]);
    expect([status.ok, fixes.ok]).toEqual([true, true]);
  });
});

describe('without a socket', () => {
  test.each([undefined, 'web'])('a replaced phone (%s) moves the car no more', async (deviceId) => {
    const driverId = `p-http-${deviceId}`;
    const first = await phoneOverHttp(driverId, deviceId);
    expect(await first.fixes(now(HERE))).toMatchObject({ status: 200, body: { accepted: 1 } });
    const second = await phone(driverId, 'b');
    await ask(second, 'status', 'available');
    const refusal = await first.fixes(now(THERE));
    expect(refusal).toMatchObject({ status: 409, body: { code: 'OTHER_DEVICE', retry: false } });
    expect(await ask(second, 'fixes', [now(HERE)])).toMatchObject({ ok: true });
    await first.status('available');
    expect(await first.fixes(now(HERE))).toMatchObject({ status: 200 });
    await expect.poll(() => pushes(second, 'device:replaced')).toHaveLength(1);
    expect(await ask(second, 'fixes', [now(THERE)])).toMatchObject(REFUSED);
  });

  test('the end of work counts unless another device is followed', async () => {
    const web = await phoneOverHttp('p-http-end', 'web');
    await web.fixes(now(HERE));
    const other = await phoneOverHttp('p-http-end', 'b');
    await other.status('available');
    await web.status('offline');
    await other.fixes(now(HERE));
    await expect.poll(async () => (await driver('p-http-end')).status).toBe('available');
    await other.status('offline');
    await expect.poll(async () => (await driver('p-http-end')).status).toBe('offline');
  });

  test('a phone whose socket is blocked stays the same device', async () => {
    const proxy = await startFilterProxy(system.url, { socketIo: 'refuse' });
    const token = await system.token('driver', 'p-fallback');
    const client = new DriverClient({ url: proxy.url, token, deviceId: 'a' });
    try {
      await ask(await phone('p-fallback', 'a'), 'fixes', [now(HERE)]);
      await client.connect();
      client.push(now(HERE));
      await client.drained();
      await ask(await phone('p-fallback', 'b'), 'status', 'available');
      const refused: RejectedFix[] = [];
      client.on('rejected', (rejection) => refused.push(rejection));
      client.push(now(THERE));
      await client.drained();
      expect(refused).toMatchObject([
        { code: 'OTHER_DEVICE', message: expect.stringContaining('another device') },
      ]);
      await client.setStatus('available');
      client.push(now(HERE));
      await client.drained();
      expect(refused).toHaveLength(1);
    } finally {
      client.close();
      await proxy.stop();
    }
  });

  test('a device whose name is no id is refused', async () => {
    const odd = await phoneOverHttp('p-odd', '-/rest');
    expect(await odd.fixes(now(HERE))).toMatchObject({ status: 400, body: { code: 'BAD_ID' } });
  });
});

describe('dispatch is alerted', () => {
  test('once when a driver goes online on a second device', async () => {
    const first = await phone('p-alert', 'a');
    await ask(first, 'fixes', [now(HERE)]);
    await expect.poll(() => driver('p-alert')).toMatchObject({ position: HERE });
    const second = await phone('p-alert', 'b', 1);
    await ask(second, 'status', 'available');
    await expect
      .poll(() => alertsAbout('p-alert'))
      .toMatchObject([{ kind: 'second_device', driverId: 'p-alert', tripId: null, ...HERE }]);
    for (let i = 0; i < 3; i += 1) await ask(first, 'fixes', [now(HERE)]);
    await ask(first, 'status', 'available');
    expect(alertsAbout('p-alert')).toHaveLength(1);
  });

  test('when a replaced phone without a name goes on sending fixes', async () => {
    const first = await phone('p-unnamed');
    await ask(first, 'fixes', [now(HERE)]);
    await expect.poll(() => driver('p-unnamed')).toMatchObject({ position: HERE });
    const second = await phone('p-unnamed');
    await ask(second, 'fixes', [now(HERE)]);
    await expect.poll(() => pushes(first, 'device:replaced')).toHaveLength(1);
    expect(alertsAbout('p-unnamed')).toEqual([]);
    expect(await ask(first, 'fixes', [now(THERE)])).toMatchObject(REFUSED);
    await expect.poll(() => alertsAbout('p-unnamed')).toMatchObject([{ kind: 'second_device' }]);
  });

  test('not when the same device reconnects', async () => {
    const first = await phone('p-same', 'a');
    await ask(first, 'fixes', [now(HERE)]);
    await expect.poll(() => driver('p-same')).toMatchObject({ position: HERE });
    const again = await phone('p-same', 'a', 1);
    await ask(again, 'status', 'available');
    expect(await ask(again, 'fixes', [now(HERE)])).toMatchObject({ ok: true });
    first.socket.disconnect();
    expect(pushes(first, 'device:replaced')).toEqual([]);
    expect(alertsAbout('p-same')).toEqual([]);
  });
});

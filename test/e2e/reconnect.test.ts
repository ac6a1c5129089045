import { describe, expect } from 'vitest';
import type { DriverPosition } from '#protocol';
import { Api, DriverClient, RiderClient } from '#sdk';
import { startBlackholeProxy } from '../fixtures/blackhole-proxy.js';
import { ask, askWrongly, connectStock, drive } from '../fixtures/clients.js';
import { type System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

const place = { lat: 40.75, lng: -73.99 };

/** Number of open sockets of a user, on any gateway. */
async function socketsOf(userId: string): Promise<number> {
  const service = new Api({ url: system.url, token: await system.token('service', 's') });
  return (await service.presence(userId)).connections.length;
}

test('both ends detect a dead connection within ten seconds', async () => {
  const handshake = await (await fetch(`${system.url}/socket.io/?EIO=4&transport=polling`)).text();
  const { pingInterval, pingTimeout } = JSON.parse(handshake.slice(1));
  expect(pingInterval + pingTimeout).toBeLessThan(10_000);
});

test.concurrent('both ends detect a connection that dies silently, and nothing is lost when it recovers', async ({
  expect,
}) => {
  const gateway = system.gateways[0]!;
  const line = await startBlackholeProxy(Number(new URL(gateway.url).port));
  const driver = new DriverClient({
    url: `http://127.0.0.1:${line.port}`,
    token: await system.token('driver', 'd-dead'),
  });
  const states: string[] = [];
  driver.on('connection', ({ state }) => states.push(state));
  await driver.connect();
  const fixes = drive(30);
  driver.push(...fixes.slice(0, 10));
  await driver.drained();
  await expect.poll(() => socketsOf('d-dead')).toBe(1);

  line.die();
  driver.push(...fixes.slice(10, 20));
  // Heartbeat interval plus timeout is 9.5 s; the rest allows for a busy machine.
  await expect.poll(() => states.at(-1), { timeout: 20_000 }).toBe('offline');
  await expect.poll(() => socketsOf('d-dead'), { timeout: 20_000 }).toBe(0);
  driver.push(...fixes.slice(20));
  expect(driver.waiting).toBe(20);

  line.heal();
  await driver.drained({ signal: AbortSignal.timeout(30_000) });
  expect(states.at(-1)).toBe('online');
  const service = new Api({ url: system.url, token: await system.token('service', 's') });
  const { from, to } = { from: fixes[0]!.t, to: fixes.at(-1)!.t };
  await expect
    .poll(async () => (await service.track('d-dead', { from, to })).properties.times)
    .toEqual(fixes.map(({ t }) => t));
  driver.close();
  line.stop();
});

// These tests mostly wait.
describe.concurrent('a token', () => {
  test('is renewed over several lifetimes without disconnecting', async ({ expect }) => {
    const service = new Api({ url: system.url, token: await system.token('service', 's') });
    const trip = await service.createTrip({
      riderId: 'r-long',
      driverId: 'd-long',
      pickup: place,
      dropoff: place,
    });
    let fetched = 0;
    const shortly = (role: 'driver' | 'rider', sub: string) => async () => {
      fetched += 1;
      // Every other token request fails.
      if (fetched % 4 === 3) throw new Error('no network');
      // Renewed after 70 to 80 % of it; the rest must suffice for a failure and a retry on a slow machine.
      return system.token(role, sub, '8s');
    };
    const driver = new DriverClient({ url: system.url, token: shortly('driver', 'd-long') });
    const rider = new RiderClient({ url: system.url, token: shortly('rider', 'r-long') });
    const states: string[] = [];
    driver.on('connection', ({ state }) => states.push(state));
    rider.on('connection', ({ state }) => states.push(state));
    const [hello] = await Promise.all([driver.connect(), rider.connect()]);
    expect(hello.expiresAt).toBeGreaterThan(hello.now);
    await rider.watchTrip(trip.id);
    const seen: DriverPosition[] = [];
    rider.on('position', (position) => seen.push(position));
    await expect.poll(() => fetched, { timeout: 50_000 }).toBeGreaterThan(12);
    const [fix] = drive(1);
    driver.push(fix!);
    await expect.poll(() => seen.map(({ t }) => t)).toEqual([fix!.t]);
    expect(states.sort()).toEqual(['connecting', 'connecting', 'online', 'online']);
    for (const client of [driver, rider]) client.close();
  }, 90_000);

  test.each(['/driver', '/rider', '/dispatch'] as const)(
    'renewed in %s must be for the same user and role',
    async (namespace) => {
      const role = ({ '/driver': 'driver', '/rider': 'rider', '/dispatch': 'dispatcher' } as const)[
        namespace
      ];
      const client = await connectStock(system.url, namespace, await system.token(role, 'me', '1h'));
      const renew = (token: unknown) => ask(client, 'token', { token: token as string });
      expect(await renew(await system.token(role, 'other'))).toMatchObject({
        ok: false,
        code: 'OTHER_USER',
        retry: false,
      });
      const otherRole = namespace === '/dispatch' ? 'service' : 'dispatcher';
      expect(await renew(await system.token(otherRole, 'me'))).toMatchObject({
        ok: false,
        code: 'WRONG_ROLE',
      });
      expect(await renew('not.a.token')).toMatchObject({ ok: false, code: 'BAD_TOKEN' });
      expect(await renew({ sub: 'me' })).toMatchObject({ ok: false, code: 'BAD_TOKEN' });
      expect(await renew(await system.token(role, 'me', '-1s'))).toMatchObject({
        ok: false,
        code: 'TOKEN_EXPIRED',
      });
      expect(await askWrongly(client, 'token', 'me')).toMatchObject({ ok: false, code: 'BAD_REQUEST' });
      const answer = await renew(await system.token(role, 'me', '2h'));
      expect(answer).toMatchObject({ ok: true });
      expect(answer.expiresAt - client.hello.expiresAt).toBeGreaterThan(3_500_000);
      expect(client.socket.connected).toBe(true);
      client.socket.disconnect();
    },
  );

  test('that is refused changes nothing: the connection ends when the old one expires', async ({
    expect,
  }) => {
    const [refused, silent] = await Promise.all(
      ['d-refused', 'd-silent'].map(async (sub) =>
        connectStock(system.url, '/driver', await system.token('driver', sub, '6s')),
      ),
    );
    const other = await system.token('driver', 'other');
    expect(await ask(refused!, 'token', { token: other })).toMatchObject({ code: 'OTHER_USER' });
    expect(await ask(refused!, 'fixes', drive(1))).toMatchObject({ ok: true });
    for (const { socket } of [refused!, silent!])
      await expect.poll(() => socket.connected, { timeout: 15_000 }).toBe(false);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#protocol';
import { ask, connectStock } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem, stopService } from '../fixtures/system.js';

type Line = { node: string; msg: string } & Record<string, unknown>;

const PICKUP = { lat: 33.123456, lng: 21.654321 };
const TEXTS = ['meet me at the xylophone', 'the bridge is purple', 'a moose on the road'];

let redis: TestRedis;
let system: System;
beforeAll(async () => {
  redis = await startRedis();
  system = await startSystem({
    gateways: 1,
    env: { HEXFLEET_LOG_LEVEL: 'debug' },
    // A Redis without a password accepts any password.
    redisUrl: `redis://default:hunter2@127.0.0.1:${redis.port}`,
  });
});
afterAll(async () => {
  await system.stop();
  await redis.stop();
});

const text = () => [system.front, ...system.processors].map((service) => service.output()).join('');
const lines = (): Line[] =>
  text()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
const find = (fields: Partial<Line>) =>
  lines().filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));

test('each REST request is logged with its id, user, role, route, code and duration', async () => {
  const token = await system.token('rider', 'log-rider-1');
  const get = (path: string, headers: Record<string, string>) => fetch(`${system.url}${path}`, { headers });
  const authorization = `Bearer ${token}`;
  const granted = await get('/api/trips', { authorization, 'x-request-id': 'id-of-the-proxy' });
  expect(granted.headers.get('x-request-id')).toBe('id-of-the-proxy');
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const refused = await get('/api/audit', { authorization, traceparent: `00-${trace}-00f067aa0ba902b7-01` });
  expect(refused.headers.get('x-request-id')).toBe(trace);
  const own = (await get('/api/nothing-here', { 'x-request-id': 'not an id' })).headers.get('x-request-id')!;
  expect(own).toMatch(/^[0-9a-f-]{36}$/);
  const user = { userId: 'log-rider-1', role: 'rider', method: 'GET' };
  await expect.poll(() => find({ requestId: own })).toHaveLength(1);
  expect(find({ requestId: 'id-of-the-proxy' })).toMatchObject([
    { ...user, route: '/api/trips', status: 200, durationMs: expect.any(Number) },
  ]);
  expect(find({ requestId: trace })).toMatchObject([
    { ...user, route: '/api/audit', status: 403, code: 'WRONG_ROLE' },
  ]);
  expect(find({ requestId: own })).toMatchObject([{ route: 'unmatched', status: 404, code: 'NOT_FOUND' }]);
});

test('the log of a complete trip contains no tokens, positions, share links or message texts', async () => {
  const secrets = [...TEXTS, 'hunter2', '33.1234', '21.6543'];
  const tokenOf = async (role: Role, userId: string) => {
    const token = await system.token(role, userId);
    secrets.push(token, token.split('.')[2]!);
    return token;
  };
  const [riderToken, driverToken, serviceToken] = await Promise.all([
    tokenOf('rider', 'log-rider'),
    tokenOf('driver', 'log-driver'),
    tokenOf('service', 'log-service'),
  ]);
  const call = (token: string, method: string, path: string, body?: unknown) =>
    rest(`${system.url}/api/${path}`, method, token, body);
  const driver = await connectStock(system.url, '/driver', driverToken);
  const rider = await connectStock(system.url, '/rider', riderToken);
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', [{ t: Date.now(), ...PICKUP }]);
  expect(await call(driverToken, 'POST', 'fixes', [{ t: Date.now(), ...PICKUP }])).toMatchObject({
    status: 200,
  });
  const requested = { riderId: 'log-rider', driverId: 'log-driver', pickup: PICKUP, dropoff: PICKUP };
  const { body: trip } = await call(serviceToken, 'POST', 'trips', requested);
  expect(trip).toMatchObject({ state: 'accepted' });
  const message = { tripId: trip.id, id: 'log-message', text: TEXTS[0]! };
  expect(await ask(rider, 'chat:send', message)).toMatchObject({ ok: true });
  await ask(rider, 'nearby:watch', { ...PICKUP, radiusM: 500 });
  await call(riderToken, 'GET', `nearby?lat=${PICKUP.lat}&lng=${PICKUP.lng}`);
  const notice = { role: 'rider', text: TEXTS[1] };
  expect(await call(serviceToken, 'POST', 'users/log-rider/notices', notice)).toMatchObject({ status: 200 });
  const incident = { kind: 'other', ...PICKUP, text: TEXTS[2] };
  expect(await call(driverToken, 'POST', 'incidents', incident)).toMatchObject({ status: 201 });
  const { body: link } = await call(riderToken, 'POST', `trips/${trip.id}/share`, { ttlS: 600 });
  secrets.push(link.token);
  const events = await openEventStream(`${system.url}/api${link.url}/events`);
  events.close();
  await call(riderToken, 'DELETE', `trips/${trip.id}/share/${link.token}`);
  await call(`${riderToken}x`, 'GET', 'trips');
  await call(riderToken, 'POST', 'trips', `{"pickup": ${JSON.stringify(PICKUP)}, "${TEXTS[0]}`);
  rider.socket.disconnect();
  driver.socket.disconnect();
  await expect.poll(() => find({ msg: 'disconnected', userId: 'log-driver' })).toHaveLength(1);
  expect(find({ msg: 'connected', userId: 'log-rider' })).toMatchObject([
    { role: 'rider', namespace: '/rider' },
  ]);
  await expect.poll(() => find({ route: '/api/share/:token/events' })).toMatchObject([{ aborted: true }]);
  await expect.poll(() => find({ route: '/api/trips/:id/share/:token' })).toMatchObject([{ status: 200 }]);
  for (const secret of secrets) expect(text()).not.toContain(secret);
});

test('the log records when a process starts, is ready, loses Redis, reconnects, drains and stops', async () => {
  const nodes = ['gateway-1', 'processor-1'];
  for (const node of nodes) {
    expect(find({ node, msg: 'starting' })).toMatchObject([
      {
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        redis: `redis://***@127.0.0.1:${redis.port}`,
        demo: true,
      },
    ]);
    expect(find({ node, msg: 'ready' })).toMatchObject([{ url: expect.stringMatching(/^http:/) }]);
  }
  const about = (node: string) => find({ node, context: 'redis' }).map(({ msg }) => msg);
  await redis.kill();
  const lost = [expect.stringMatching(/^lost the connection to Redis: ./)];
  for (const node of nodes) await expect.poll(() => about(node)).toEqual(lost);
  const { url } = system.gateways[0]!;
  expect(await rest(`${url}/readyz`, 'GET', null)).toMatchObject({
    status: 503,
    body: { code: 'UNAVAILABLE' },
  });
  expect(await rest(`${url}/healthz`, 'GET', null)).toMatchObject({ status: 200 });
  await redis.restart();
  const back = [...lost, expect.stringMatching(/^the connection to Redis is back after \d+ ms$/)];
  for (const node of nodes) await expect.poll(() => about(node)).toEqual(back);
  await expect.poll(async () => (await rest(`${url}/readyz`, 'GET', null)).status).toBe(200);
  await Promise.all([system.front, ...system.processors].map(stopService));
  for (const node of nodes) {
    expect(find({ node, msg: 'draining' })).toMatchObject([{ reason: expect.any(String) }]);
    expect(find({ node, msg: 'stopped' })).toHaveLength(1);
  }
});

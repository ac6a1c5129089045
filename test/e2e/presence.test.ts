import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { userRoom } from '#protocol';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { metricsOf } from '../fixtures/prometheus.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem } from '../fixtures/system.js';

type Role = 'driver' | 'rider' | 'dispatcher' | 'service';

const PLACE = { lat: 40.75, lng: -73.99 };
/** Longer than it takes until a node is presumed dead and its users gone. */
const SOON = { timeout: 15_000 };

let system: System;
const open: StockClient[] = [];

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

async function client(node: number, namespace: string, role: Role, sub: string): Promise<StockClient> {
  const connected = await connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  open.push(connected);
  return connected;
}

/** Queries the second gateway, which no test kills. */
const call = async (role: Role, method: string, path: string, body?: unknown, sub = 's') =>
  rest(`${system.gateways[1]!.url}/api/${path}`, method, await system.token(role, sub), body);
const presence = async (userId: string) => (await call('service', 'GET', `users/${userId}/presence`)).body;
const placesOf = async (userId: string) =>
  (await presence(userId)).connections.map(({ node, namespace }: any) => `${node} ${namespace}`).sort();

/** Creates a trip that a driver has accepted. */
async function tripOf(riderId: string, driverId: string): Promise<string> {
  const ids = { riderId, driverId, pickup: PLACE, dropoff: PLACE };
  const { status, body } = await call('service', 'POST', 'trips', ids);
  expect(status).toBe(201);
  return body.id;
}
const cancel = (tripId: string) => call('service', 'PATCH', `trips/${tripId}`, { state: 'cancelled' });

describe('a user', () => {
  test('is present on the nodes and namespaces of its sockets, until the last one disconnects', async () => {
    const before = Date.now();
    expect(await presence('many')).toEqual({
      userId: 'many',
      online: false,
      lastSeenAt: null,
      connections: [],
    });
    const first = await client(0, '/driver', 'driver', 'many');
    await client(0, '/driver', 'driver', 'many');
    const rider = await client(1, '/rider', 'rider', 'many');
    await client(1, '/dispatch', 'dispatcher', 'many');
    await client(1, '/rider', 'rider', 'other');
    const [a, b] = system.gateways.map(({ node }) => node);
    const four = [`${a} /driver`, `${a} /driver`, `${b} /dispatch`, `${b} /rider`];
    await expect.poll(() => placesOf('many')).toEqual(four);
    const now = await presence('many');
    expect(now).toMatchObject({ userId: 'many', online: true });
    expect(now.lastSeenAt).toBeGreaterThanOrEqual(before);
    expect(now.connections.map(({ socketId }: any) => socketId)).toContain(first.socket.id);
    for (const { since } of now.connections) expect(since).toBeGreaterThanOrEqual(before);

    first.socket.disconnect();
    await expect.poll(() => placesOf('many')).toEqual(four.slice(1));
    const endedAt = Date.now();
    for (const { socket } of open) socket.disconnect();
    await expect.poll(() => presence('many')).toMatchObject({ online: false, connections: [] });
    expect((await presence('many')).lastSeenAt).toBeGreaterThanOrEqual(endedAt);
    expect(rider.socket.connected).toBe(false);
  });

  test('who connects and disconnects rapidly ends up in the right state', async () => {
    for (let round = 0; round < 20; round += 1) {
      const leaving = await client(round % 2, '/rider', 'rider', 'restless');
      const coming = client((round + 1) % 2, '/rider', 'rider', 'restless');
      leaving.socket.disconnect();
      const { socket } = await coming;
      if (round < 19) socket.disconnect();
    }
    await expect.poll(() => placesOf('restless')).toEqual([`${system.gateways[0]!.node} /rider`]);
  });

  test('is counted once per node', async () => {
    await client(0, '/rider', 'rider', 'counted');
    await client(0, '/rider', 'rider', 'counted');
    const counted = async () =>
      (await call('service', 'GET', 'nodes')).body.nodes.map(({ users }: any) => users);
    await expect.poll(counted).toEqual([1, 0, 0]);
  });

  test('is disconnected everywhere by any gateway, even one without a connection of the user', async () => {
    const sockets = [
      await client(0, '/driver', 'driver', 'unwanted'),
      await client(1, '/driver', 'driver', 'unwanted'),
      await client(0, '/rider', 'rider', 'unwanted'),
    ];
    const other = await client(1, '/rider', 'rider', 'wanted');
    const reasons: string[] = [];
    for (const { socket } of sockets) socket.on('disconnect', (reason) => reasons.push(reason));
    await expect.poll(() => placesOf('unwanted')).toHaveLength(3);
    const end = (role: Role) => call('dispatcher', 'DELETE', `users/unwanted/connections?role=${role}`);
    expect(await end('driver')).toEqual({ status: 200, body: { connections: 2 } });
    expect(await end('rider')).toEqual({ status: 200, body: { connections: 1 } });
    await expect.poll(() => reasons).toEqual(Array(3).fill('io server disconnect'));
    await expect.poll(() => presence('unwanted')).toMatchObject({ online: false, connections: [] });
    expect(other.socket.connected).toBe(true);
    const nobody = await call('service', 'DELETE', 'users/nobody/connections?role=rider');
    expect(nobody.body).toEqual({ connections: 0 });
  });

  test('cannot be looked up by drivers and riders', async () => {
    for (const role of ['driver', 'rider'] as const) {
      for (const [method, path] of [
        ['GET', 'users/many/presence'],
        ['DELETE', 'users/many/connections'],
      ] as const)
        expect(await call(role, method, path, undefined, 'many')).toMatchObject({
          status: 403,
          body: { code: 'WRONG_ROLE', retry: false },
        });
    }
    expect((await call('service', 'GET', 'users/no%20id/presence')).body.code).toBe('BAD_ID');
  });

  test('gets messages on the nodes that it is connected to, and no other node receives them', async () => {
    await client(0, '/rider', 'rider', 'here');
    await client(1, '/rider', 'rider', 'there');
    const channel = `hexfleet#/rider#${userRoom('here')}#`;
    const listening = async () => (await system.redis.client.call('PUBSUB', 'SHARDNUMSUB', channel)) as any[];
    await expect.poll(async () => Number((await listening())[1])).toBe(1);
    const received = async (node: number) => {
      const text = await metricsOf(system.gateways[node]!);
      const counts = text.matchAll(/^hexfleet_room_messages_received_total\{.*room="user".*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = [await received(0), await received(1)];
    const pushCount = () => pushes(open[0]!, 'trip').length;
    for (let i = 0; i < 5; i += 1) await cancel(await tripOf('here', `here-driver-${i}`));
    await expect.poll(pushCount).toBeGreaterThanOrEqual(10);
    await expect.poll(async () => (await received(0)) - before[0]! - pushCount()).toBe(0);
    expect((await received(1)) - before[1]!, 'on the node that does not hold it').toBe(0);
    await cancel(await tripOf('there', 'there-driver'));
    await expect.poll(async () => (await received(1)) - before[1]!).toBeGreaterThanOrEqual(2);
  });
});

describe('the partner of an open trip', () => {
  test('is notified when the other party connects or is gone but not of a reconnection, and strangers receive nothing', async () => {
    const rider = await client(0, '/rider', 'rider', 'told-rider');
    const stranger = await client(1, '/rider', 'rider', 'told-stranger');
    const strange = await client(1, '/driver', 'driver', 'told-strange');
    const tripId = await tripOf('told-rider', 'told-driver');
    const driverIs = { tripId, userId: 'told-driver' };
    expect(await ask(rider, 'trip:watch', { tripId })).toMatchObject({
      ok: true,
      position: null,
      presence: { ...driverIs, online: false, lastSeenAt: null },
    });
    const driver = await client(1, '/driver', 'driver', 'told-driver');
    await expect
      .poll(() => pushes(driver, 'presence'))
      .toEqual([{ tripId, userId: 'told-rider', online: true, lastSeenAt: expect.any(Number) }]);
    await expect
      .poll(() => driver.received.map(({ event }) => event).filter((event) => event !== 'sampling'))
      .toEqual(['hello', 'trip', 'presence', 'status:changed']);
    const online = { ...driverIs, online: true, lastSeenAt: expect.any(Number) };
    await expect.poll(() => pushes(rider, 'presence')).toEqual([online]);

    const second = await client(0, '/driver', 'driver', 'told-driver');
    await expect.poll(() => placesOf('told-driver')).toHaveLength(2);
    driver.socket.disconnect();
    second.socket.disconnect();
    await expect.poll(() => presence('told-driver')).toMatchObject({ online: false });
    const back = await client(1, '/driver', 'driver', 'told-driver');
    await expect.poll(() => placesOf('told-driver')).toHaveLength(1);
    // The service's clock is that of Redis, in whole milliseconds.
    const endedAt = Date.now() - 10;
    back.socket.disconnect();
    await expect.poll(() => pushes(rider, 'presence'), SOON).toHaveLength(2);
    expect(pushes(rider, 'presence')[1]).toMatchObject({ ...driverIs, online: false });
    expect(pushes(rider, 'presence')[1]!.lastSeenAt).toBeGreaterThanOrEqual(endedAt);
    await client(0, '/driver', 'driver', 'told-driver');
    await expect.poll(() => pushes(rider, 'presence').at(-1)).toMatchObject({ ...driverIs, online: true });
    expect(pushes(rider, 'presence')).toHaveLength(3);

    await cancel(tripId);
    for (const { socket } of open) if (socket !== rider.socket) socket.disconnect();
    // A later event arrived first, so this one was not sent.
    const after = await tripOf('told-rider', 'told-next');
    await client(0, '/driver', 'driver', 'told-next');
    await expect.poll(() => pushes(rider, 'presence').at(-1)).toMatchObject({ tripId: after, online: true });
    open.at(-1)!.socket.disconnect();
    await expect
      .poll(() => pushes(rider, 'presence').at(-1), SOON)
      .toMatchObject({ tripId: after, online: false });
    expect(pushes(rider, 'presence')).toHaveLength(5);
    const pushedTo = ({ received }: StockClient) =>
      received.filter(({ event }) => event !== 'hello' && event !== 'sampling');
    expect(pushedTo(stranger)).toEqual([]);
    // Only its own status.
    const own = { status: 'offline', deviceId: null, at: expect.any(Number) };
    expect(pushedTo(strange)).toEqual([{ event: 'status:changed', payload: own }]);
    await cancel(after);
  });

  test('that is offline when the driver gets the trip is reported as offline, and as online after connecting', async () => {
    const driver = await client(1, '/driver', 'driver', 'later-driver');
    const tripId = await tripOf('later-rider', 'later-driver');
    const riderIs = { tripId, userId: 'later-rider' };
    await expect
      .poll(() => pushes(driver, 'presence'))
      .toEqual([{ ...riderIs, online: false, lastSeenAt: null }]);
    expect(driver.received.at(-2)).toMatchObject({ event: 'trip', payload: { id: tripId } });
    const rider = await client(0, '/rider', 'rider', 'later-rider');
    await expect
      .poll(() => pushes(driver, 'presence').at(-1))
      .toEqual({ ...riderIs, online: true, lastSeenAt: expect.any(Number) });
    expect(pushes(rider, 'presence'), 'the rider gets the presence by watching the trip').toEqual([]);
    // In another namespace the user is not a rider.
    rider.socket.disconnect();
    await client(0, '/driver', 'driver', 'later-rider');
    await expect.poll(() => pushes(driver, 'presence').at(-1), SOON).toMatchObject({ online: false });
    await cancel(tripId);
  });
});

test('a user on a gateway that was presumed dead and resumes is present again', async () => {
  const [stalled] = system.gateways;
  const driver = await client(0, '/driver', 'driver', 'stall-driver');
  await expect.poll(() => placesOf('stall-driver')).toHaveLength(1);
  process.kill(stalled!.pid, 'SIGSTOP');
  try {
    await expect.poll(() => system.redis.client.keys('presence:*:stall-driver')).toHaveLength(1);
    const [key] = await system.redis.client.keys('presence:*:stall-driver');
    await expect
      .poll(async () => Object.keys(await system.redis.client.hgetall(key!)), SOON)
      .toEqual(['seen:/driver']);
    expect(await presence('stall-driver')).toMatchObject({ online: false });
  } finally {
    process.kill(stalled!.pid, 'SIGCONT');
  }
  await expect.poll(() => placesOf('stall-driver'), SOON).toEqual([`${stalled!.node} /driver`]);
  expect(driver.socket.connected).toBe(true);
});

test('a user on a killed gateway is gone within 15 seconds, and the other party is notified', async () => {
  const [killed, left] = system.gateways;
  const rider = await client(1, '/rider', 'rider', 'kill-rider');
  await client(0, '/driver', 'driver', 'kill-driver');
  await client(0, '/driver', 'driver', 'kill-both');
  await client(1, '/driver', 'driver', 'kill-both');
  const tripId = await tripOf('kill-rider', 'kill-driver');
  await expect.poll(() => placesOf('kill-both')).toHaveLength(2);
  await expect.poll(() => placesOf('kill-driver')).toHaveLength(1);
  const before = Date.now();
  process.kill(killed!.pid, 'SIGKILL');
  const isGone = async () => ((await presence('kill-driver')).online ? 'online' : 'gone');
  await expect.poll(() => isGone().catch(() => 'unknown'), SOON).toBe('gone');
  const { lastSeenAt } = await presence('kill-driver');
  expect(lastSeenAt, 'the last heartbeat of its node').toBeGreaterThan(before - 3_000);
  expect(lastSeenAt).toBeLessThanOrEqual(Date.now());
  expect(await placesOf('kill-both')).toEqual([`${left!.node} /driver`]);
  await expect
    .poll(() => pushes(rider, 'presence').at(-1), SOON)
    .toEqual({ tripId, userId: 'kill-driver', online: false, lastSeenAt });
  await expect
    .poll(() => system.redis.client.keys('presence-on:*'), SOON)
    .not.toContain(expect.stringContaining(killed!.node));
  const hash = await system.redis.client.keys('presence:*:kill-driver');
  expect(Object.keys(await system.redis.client.hgetall(hash[0]!)), 'nothing is left of it').toEqual([
    'seen:/driver',
  ]);
  await cancel(tripId);
});

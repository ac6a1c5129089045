import { afterAll, describe, expect } from 'vitest';
import type { Fix, Trip } from '#protocol';
import { ask, connectStock, drive, live, pushes, type StockClient } from '../fixtures/clients.js';
import { metricsOf, readinessOf } from '../fixtures/prometheus.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

const open: StockClient[] = [];
afterAll(() => {
  for (const { socket } of open) socket.disconnect();
});

async function client(node: 0 | 1, namespace: string, role: 'driver' | 'rider' | 'dispatcher', sub: string) {
  const connected = await connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  open.push(connected);
  return connected;
}

async function openTrip(riderId: string, driverId: string): Promise<Trip> {
  const token = await system.token('service', 'dispatch');
  const place = { lat: 40.75, lng: -73.99 };
  const { status, body } = await rest(`${system.url}/api/trips`, 'POST', token, {
    riderId,
    driverId,
    pickup: place,
    dropoff: place,
  });
  expect(status).toBe(201);
  return body;
}

async function endTrip(trip: Trip): Promise<void> {
  const token = await system.token('service', 'dispatch');
  const { status } = await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', token, { state: 'cancelled' });
  expect(status).toBe(200);
}

test('support reads the last hour of a driver: fixes, decisions with reasons, status, offers and connections', async () => {
  const driver = await client(0, '/driver', 'driver', 'd-log');
  const now = Date.now();
  await ask(driver, 'status', 'available');
  await ask(driver, 'fixes', drive(3));
  await ask(driver, 'fixes', [{ ...drive(1)[0]!, t: now - 1_800_000 }, { t: 'x' } as never]);
  const trip = await openTrip('r-log', 'd-log');
  await endTrip(trip);
  driver.socket.disconnect();
  const read = async (role: 'service' | 'rider', path = 'd-log') =>
    rest(`${system.gateways[1]!.url}/api/drivers/${path}/log`, 'GET', await system.token(role, 'support'));
  const seen = async () =>
    (await read('service')).body.entries.map(
      ({ kind, code, outcome, why, status, state }: Record<string, string>) =>
        [kind, code, outcome, why, status, state].filter(Boolean).join(' '),
    );
  await expect.poll(seen).toContain('disconnected');
  for (const entry of [
    'connected',
    'status available',
    'refused BAD_TIME',
    'decided late silent',
    'trip accepted',
    'trip cancelled',
  ])
    await expect.poll(seen).toContain(entry);
  const { fixes } = (await read('service')).body;
  expect(fixes.map(({ late }: { late: boolean }) => late)).toEqual([true, false, false, false]);
  expect((await read('rider')).body.code).toBe('WRONG_ROLE');
  expect((await read('service', 'd-nobody')).body.code).toBe('NO_SUCH_DRIVER');
});

describe('with the driver on one node and the rider on another', () => {
  test('the rider receives each position in order, and nobody else does', async () => {
    const driver = await client(0, '/driver', 'driver', 'd-order');
    const rider = await client(1, '/rider', 'rider', 'r-order');
    const stranger = await client(1, '/rider', 'rider', 'r-stranger');
    expect(driver.hello.node).not.toBe(rider.hello.node);

    const trip = await openTrip('r-order', 'd-order');
    expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true, position: null });
    expect(await ask(stranger, 'trip:watch', { tripId: trip.id })).toMatchObject({
      ok: false,
      code: 'NOT_YOUR_TRIP',
      retry: false,
    });

    const fixes: Fix[] = [];
    for (const fix of live(drive(50))) {
      fixes.push(fix);
      expect(await ask(driver, 'fixes', [{ ...fix, speedMps: 8.4 }])).toEqual({
        ok: true,
        accepted: 1,
        rejected: [],
      });
    }
    await expect.poll(() => pushes(rider, 'position')).toHaveLength(50);
    expect(pushes(rider, 'position').map(({ t, lat, lng }) => ({ t, lat, lng }))).toEqual(fixes);
    expect(pushes(rider, 'position')[20]).toMatchObject({
      driverId: 'd-order',
      heading: expect.closeTo(90, 0),
      speedMps: 8.4,
      receivedAt: expect.toSatisfy((at: number) => Math.abs(at - Date.now()) < 30_000),
    });
    expect(stranger.received.map(({ event }) => event)).toEqual(['hello']);
    await endTrip(trip);
  });

  test('older fixes never move a driver back, whatever the order of arrival', async () => {
    const driver = await client(0, '/driver', 'driver', 'd-late');
    const rider = await client(1, '/rider', 'rider', 'r-late');
    const trip = await openTrip('r-late', 'd-late');
    await ask(rider, 'trip:watch', { tripId: trip.id });
    const [first, second, third] = drive(3) as [Fix, Fix, Fix];
    await ask(driver, 'fixes', [second]);
    await ask(driver, 'fixes', [first]);
    await ask(driver, 'fixes', [second]);
    await ask(driver, 'fixes', [third]);
    await expect.poll(() => pushes(rider, 'position').map(({ t }) => t)).toEqual([second!.t, third!.t]);
    const { body } = await rest(
      `${system.url}/api/drivers/d-late`,
      'GET',
      await system.token('service', 's'),
    );
    expect(body).toMatchObject({
      status: 'busy',
      counts: { late: 1, repeated: 1, implausible: 0, refused: 0 },
      position: { t: third!.t },
    });
    await endTrip(trip);
  });

  test('a rider stops receiving positions when the trip ends, on every node', async () => {
    const driver = await client(0, '/driver', 'driver', 'd-end');
    const rider = await client(1, '/rider', 'rider', 'r-end');
    const trip = await openTrip('r-end', 'd-end');
    await ask(rider, 'trip:watch', { tripId: trip.id });
    const fixes = drive(4);
    await ask(driver, 'fixes', fixes.slice(0, 2));
    await expect.poll(() => pushes(rider, 'position')).toHaveLength(2);
    await endTrip(trip);
    await expect.poll(() => pushes(rider, 'trip').at(-1)).toMatchObject({ id: trip.id, state: 'cancelled' });
    await ask(driver, 'fixes', fixes.slice(2));
    const service = await system.token('service', 's');
    await expect
      .poll(async () => (await rest(`${system.url}/api/drivers/d-end`, 'GET', service)).body.position.t)
      .toBe(fixes[3]!.t);
    // A later push on the same connection proves that the earlier one is not still in flight.
    const next = await openTrip('r-end', 'd-other');
    await expect.poll(() => pushes(rider, 'trip').at(-1)).toMatchObject({ id: next.id });
    expect(pushes(rider, 'position')).toHaveLength(2);
    expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({
      ok: false,
      code: 'TRIP_OVER',
    });
    const own = await rest(
      `${system.url}/api/drivers/d-end/position`,
      'GET',
      await system.token('rider', 'r-end'),
    );
    expect(own).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_TRIP' } });
    await endTrip(next);
  });

  test('a rider whose watch failed halfway receives no positions', async () => {
    const driver = await client(0, '/driver', 'driver', 'd-halfway');
    const rider = await client(1, '/rider', 'rider', 'r-halfway');
    const trip = await openTrip('r-halfway', 'd-halfway');
    const admin = system.redis.client;
    const watch = () => ask(rider, 'trip:watch', { tripId: trip.id });
    // The follower log is a node's only stream besides the fixes, and is written after the room is joined.
    const watchForbidden = async () => {
      await admin.acl('SETUSER', 'default', '-xadd');
      return watch().finally(() => admin.acl('SETUSER', 'default', '+xadd'));
    };
    expect(await watchForbidden()).toMatchObject({ ok: false, code: 'STORE_FORBIDDEN', retry: false });
    const [earlier, later] = drive(2) as [Fix, Fix];
    await ask(driver, 'fixes', [earlier]);
    const service = await system.token('service', 'dispatch');
    const position = () => rest(`${system.url}/api/drivers/d-halfway/position`, 'GET', service);
    await expect.poll(async () => (await position()).body.t).toBe(earlier.t);
    expect(await watch()).toMatchObject({ ok: true, position: { t: earlier.t } });
    await ask(driver, 'fixes', [later]);
    await expect.poll(() => pushes(rider, 'position').at(-1)?.t).toBe(later.t);
    expect(pushes(rider, 'position').map(({ t }) => t)).toEqual([later.t]);

    // An active watch survives a failed repeat of the request.
    expect(await watchForbidden()).toMatchObject({ ok: false, code: 'STORE_FORBIDDEN' });
    const [next] = drive(1) as [Fix];
    await ask(driver, 'fixes', [next]);
    await expect.poll(() => pushes(rider, 'position').at(-1)?.t).toBe(next.t);
    await endTrip(trip);
  });

  test('there is no gap between a snapshot and the pushes after it', async () => {
    const driver = await client(0, '/driver', 'driver', 'd-gap');
    const fixes: Fix[] = [];
    let sent = 0;
    const streaming = (async () => {
      for (const fix of live(drive(400))) {
        fixes.push(fix);
        expect(await ask(driver, 'fixes', [fix])).toMatchObject({ ok: true, accepted: 1 });
        sent += 1;
      }
    })();
    for (let round = 0; round < 8; round += 1) {
      await expect.poll(() => sent).toBeGreaterThan(round * 45);
      const dispatcher = await client(1, '/dispatch', 'dispatcher', `watcher-${round}`);
      const answer = await ask(dispatcher, 'driver:watch', { driverId: 'd-gap' });
      const seenFrom = answer.position?.t ?? 0;
      await expect.poll(() => pushes(dispatcher, 'position').length, { timeout: 10_000 }).toBeGreaterThan(5);
      const times = pushes(dispatcher, 'position')
        .map(({ t }) => t)
        .filter((t) => t > seenFrom);
      const expected = fixes.map(({ t }) => t).filter((t) => t > seenFrom && t <= times.at(-1)!);
      expect(times).toEqual(expected);
      dispatcher.socket.disconnect();
    }
    await streaming;
  });
});

test('long polling and WebSocket both work through the load balancer and report their node', async () => {
  const trip = await openTrip('r-poll', 'd-poll');
  const rider = await connectStock(system.url, '/rider', await system.token('rider', 'r-poll'), {
    transports: ['polling'],
  });
  const driver = await connectStock(system.url, '/driver', await system.token('driver', 'd-poll'));
  open.push(rider, driver);
  const nodes = system.gateways.map(({ node }) => node);
  expect(nodes).toContain(rider.hello.node);
  expect(nodes).toContain(driver.hello.node);
  expect(rider.socket.io.engine.transport.name).toBe('polling');
  await ask(rider, 'trip:watch', { tripId: trip.id });
  const fixes: Fix[] = [];
  for (const fix of live(drive(20))) {
    fixes.push(fix);
    await ask(driver, 'fixes', [fix]);
  }
  await expect.poll(() => pushes(rider, 'position').map(({ t }) => t)).toEqual(fixes.map(({ t }) => t));
  const { body } = await rest(`${system.url}/healthz`, 'GET', null);
  expect(body).toEqual({ ok: true });
  await endTrip(trip);
});

test('a request sent immediately on connecting is answered', async () => {
  const token = await system.token('driver', 'd-instant');
  const { io } = await import('socket.io-client');
  const socket = io(`${system.url}/driver`, { forceNew: true, transports: ['websocket'], auth: { token } });
  const answer = await socket.timeout(10_000).emitWithAck('fixes', drive(1));
  expect(answer).toEqual({ ok: true, accepted: 1, rejected: [] });
  socket.disconnect();
});

test('every node has its own health and metrics', async () => {
  for (const gateway of system.gateways) {
    const { node, url } = gateway;
    for (const path of ['healthz', 'readyz'])
      expect((await rest(`${url}/${path}`, 'GET', null)).body, path).toEqual({ ok: true });
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await readinessOf(gateway)).body).toMatchObject({ ok: true, node, problems: [] });
    expect(await metricsOf(gateway)).toContain('hexfleet_fixes_taken_total');
  }
  const metrics = await metricsOf(system.processors[0]!.ready);
  // Other files of this worker use the same system, so only this file's share is certain.
  expect(metrics).toMatch(/hexfleet_fixes_decided_total\{outcome="late",node="processor-1"\} [1-9]/);
});

test('no connection through the load balancer loses its first request', async () => {
  const tokens = await Promise.all(
    Array.from({ length: 20 }, (_, i) => system.token('driver', `d-many-${i}`)),
  );
  for (let round = 0; round < 10; round += 1) {
    const clients = await Promise.all(tokens.map((token) => connectStock(system.url, '/driver', token)));
    const nodes = new Set(clients.map(({ hello }) => hello.node));
    expect(nodes.size).toBe(2);
    for (const { socket } of clients) socket.disconnect();
  }
});

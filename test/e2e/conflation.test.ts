import { connect, createServer, type Socket as TcpSocket } from 'node:net';
import { Server } from 'socket.io';
import { afterAll, expect } from 'vitest';
import { userRoom } from '#protocol';
import { Hub } from '#realtime';
import { connectStock, pushes } from '../fixtures/clients.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/** More than the kernel buffers on the path can hold. */
const SENT = 600;
const PADDING = 'x'.repeat(50_000);

let system: System;
let hub: Hub;

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  hub = new Hub(system.redis.url, () => {});
  hub.attach(new Server({ adapter: hub.adapter }));
});
afterAll(async () => {
  hub.close();
});

/** Starts a proxy that stops reading from the service while paused. */
async function startPausableProxy(port: number) {
  const ends: Array<{ client: TcpSocket; upstream: TcpSocket }> = [];
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    ends.push({ client, upstream });
    client.pipe(upstream);
    upstream.pipe(client);
    for (const end of [client, upstream]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    pause: () => {
      for (const { client, upstream } of ends) upstream.unpipe(client);
    },
    resume: () => {
      for (const { client, upstream } of ends) upstream.pipe(client);
    },
    stop: () => server.close(),
  };
}

test('on a slow connection, important events overtake positions and an expired offer is never delivered', async () => {
  const proxy = await startPausableProxy(Number(new URL(system.gateways[0]!.url).port));
  const driver = await connectStock(proxy.url, '/driver', await system.token('driver', 'slow'));
  // The same user on the same node over a fast connection shows when the node has received everything.
  const quick = await connectStock(system.gateways[0]!.url, '/driver', await system.token('driver', 'slow'));
  const room = { namespace: '/driver' as const, room: userRoom('slow') };
  const send = (event: string, payload: object) =>
    hub.server.of(room.namespace).to(room.room).emit(event, payload);
  await expect.poll(async () => (await hub.occupied([room])).length).toBe(1);

  proxy.pause();
  for (let t = 1; t <= SENT; t += 1) send('position', { driverId: 'other', t, padding: PADDING });
  await expect.poll(() => pushes(quick, 'position').at(-1)?.t).toBe(SENT);
  // Only a connection busy for half a second counts as slow.
  const pausedAt = Date.now();
  await expect.poll(() => Date.now() - pausedAt).toBeGreaterThan(1_000);
  send('offer', { tripId: 'late', expiresAt: Date.now() - 1 });
  send('offer', { tripId: 'valid', expiresAt: Date.now() + 60_000 });
  send('trip', { id: 'important' });
  send('position', { driverId: 'other', t: SENT + 1 });
  await expect.poll(() => pushes(quick, 'position').at(-1)?.t).toBe(SENT + 1);
  proxy.resume();
  expect(driver.socket.connected).toBe(true);
  await expect.poll(() => pushes(driver, 'position').at(-1)?.t).toBe(SENT + 1);
  const times = pushes(driver, 'position').map(({ t }) => t);
  expect(times.length, 'newer ones replaced them').toBeLessThan(SENT);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const order = driver.received.map(({ event, payload }) => payload.tripId ?? payload.id ?? event);
  expect(order).not.toContain('late');
  expect(order.slice(-3)).toEqual(['valid', 'important', 'position']);
  for (const { socket } of [driver, quick]) socket.disconnect();
  proxy.stop();
});

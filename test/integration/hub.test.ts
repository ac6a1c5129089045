import { Server } from 'socket.io';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Hub } from '#realtime';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startSlowProxy } from '../fixtures/slow-proxy.js';

let redis: TestRedis;
let line: Awaited<ReturnType<typeof startSlowProxy>>;
let hub: Hub;
let other: Hub;
beforeAll(async () => {
  redis = await startRedis();
  // Slow connection to Redis, so that a requested subscription is not active yet.
  line = await startSlowProxy(redis.port, 100);
  hub = new Hub(`redis://127.0.0.1:${line.port}`, () => {});
  other = new Hub(redis.url, () => {});
  hub.attach(new Server({ adapter: hub.adapter }));
});
afterAll(async () => {
  hub.close();
  other.close();
  line.stop();
  await redis.stop();
});

test('a joined room is subscribed once `subscribed` resolves, and other nodes then see it as occupied', async () => {
  const { adapter } = hub.server.of('/rider');
  await expect
    .poll(async () =>
      other.occupied([{ namespace: '/rider', room: 'nobody' }]).then(
        ({ length }) => length,
        () => null,
      ),
    )
    .toBe(0);
  await expect
    .poll(async () =>
      hub.subscribed('/rider', []).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const rooms = Array.from({ length: 100 }, (_, i) => `a room of some length ${i}`);
  for (const [i, room] of rooms.entries()) adapter.addAll(`socket-${i}`, new Set([room]));
  await hub.subscribed('/rider', rooms);
  const occupied = (namespace: '/rider' | '/dispatch') =>
    other.occupied(rooms.map((room) => ({ namespace, room })));
  expect(await occupied('/rider')).toHaveLength(rooms.length);
  expect(await occupied('/dispatch')).toHaveLength(0);
  for (const [i, room] of rooms.entries()) adapter.del(`socket-${i}`, room);
  await hub.subscribed('/rider', rooms);
  expect(await occupied('/rider')).toHaveLength(0);
});

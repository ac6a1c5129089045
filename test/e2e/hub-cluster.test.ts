import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '#store';
import { sharingSubscriptions } from '../../libs/realtime/src/subscriptions.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';

let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
let client: Cluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
  client = sharingSubscriptions(
    connect(cluster.url, 'waiting', () => {}),
    () => {},
  ) as Cluster;
});
afterAll(async () => {
  client.disconnect();
  await cluster.stop();
});

/** The channels that ioredis would subscribe to again after a failover. */
const held = (): string[] =>
  [
    ...(
      client as unknown as { shardedSubscribers: { channels: Map<number, string[]> } }
    ).shardedSubscribers.channels.values(),
  ].flat();

test('2,000 subscriptions to the same rooms of a cluster hold each room once, and a room that was left not at all', async () => {
  await expect.poll(() => client.status).toBe('ready');
  const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`);
  for (let i = 0; i < 2_000; i += 1) await Promise.all(rooms.map((room) => client.ssubscribe(room)));
  expect(held().toSorted()).toEqual(rooms.toSorted());
  const received: string[] = [];
  client.on('smessage', (channel: string) => received.push(channel));
  await client.sunsubscribe('room-0');
  const publisher = connect(cluster.url, 'waiting', () => {});
  await expect.poll(() => publisher.status).toBe('ready');
  for (const room of rooms) await publisher.spublish(room, 'x');
  await expect.poll(() => received.toSorted()).toEqual(rooms.slice(1).toSorted());
  publisher.disconnect();
  expect(held()).not.toContain('room-0');
  await client.ssubscribe('room-0');
  expect(held().toSorted()).toEqual(rooms.toSorted());
});

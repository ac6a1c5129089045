import calculateSlot from 'cluster-key-slot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, isCluster } from '#store';
import {
  keepChannelsOnce,
  masterOf,
  onSubscriptionsUncertain,
} from '../../libs/realtime/src/internals/ioredis.js';
import { startRedisCluster, type TestCluster } from '../fixtures/redis-cluster.js';

let redis: TestCluster;
beforeAll(async () => {
  redis = await startRedisCluster();
});
afterAll(() => redis.stop());

/** Connects a subscriber to the cluster. */
function subscriber() {
  const client = connect(redis.url, 'waiting', () => {});
  if (!isCluster(client)) throw new Error('not a cluster');
  return client;
}
type Group = { addChannels(channels: string[]): number };

test('keepChannelsOnce keeps a channel once in the list of a cluster', async () => {
  const client = subscriber();
  const { shardedSubscribers } = client as unknown as { shardedSubscribers?: Group };
  expect(shardedSubscribers, 'a cluster no longer has "shardedSubscribers"').toBeDefined();
  expect(
    [['twice'], ['twice']].map((channels) => shardedSubscribers!.addChannels(channels)),
    'ioredis keeps each channel once by itself, or "addChannels" no longer returns their number: keepChannelsOnce may go',
  ).toEqual([1, 2]);
  client.disconnect();
  const once = subscriber();
  keepChannelsOnce(once);
  await once.ssubscribe('once');
  await once.ssubscribe('once');
  const group = (once as unknown as { shardedSubscribers: Group }).shardedSubscribers;
  expect(group.addChannels(['once']), '"ssubscribe" bypasses "addChannels"').toBe(1);
  once.disconnect();
});

test('onSubscriptionsUncertain is called when the connection of a subscriber is lost, which then resubscribes', async () => {
  const client = subscriber();
  const received: string[] = [];
  client.on('smessage', (_: string, message: string) => received.push(message));
  await client.ssubscribe('channel');
  let calls = 0;
  onSubscriptionsUncertain(client, () => {
    calls += 1;
  });
  for (const node of redis.clients) await node.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await expect
    .poll(() => calls, { message: 'a cluster emits no event for the lost connection of a subscriber' })
    .toBeGreaterThan(0);
  const publish = async () => {
    for (const node of redis.clients) await node.call('SPUBLISH', 'channel', 'again').catch(() => {});
    return received.length;
  };
  await expect
    .poll(publish, { message: 'ioredis no longer resubscribes', timeout: 10_000 })
    .toBeGreaterThan(0);
  client.disconnect();
});

test('masterOf returns the address of the master that has the slot of a channel', async () => {
  const client = subscriber();
  await client.ping();
  for (const channel of ['a', 'b', 'c', 'd']) {
    const address = masterOf(client, channel);
    const node = redis.clients.find(({ options }) => `${options.host}:${options.port}` === address);
    expect(node, '"slots" no longer has the addresses of masters').toBeDefined();
    expect(await node!.call('CLUSTER', 'KEYSLOT', channel)).toBe(calculateSlot(channel));
    expect(
      await node!.call('SPUBLISH', channel, '').catch(({ message }) => message),
      'the first node of a slot is no longer its master',
    ).toBe(0);
  }
  client.disconnect();
});

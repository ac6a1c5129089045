import type { Redis } from 'ioredis';
import { connect } from '#store';
import { keepChannelsOnce } from '../../../libs/realtime/src/internals/ioredis.js';
import { eventually } from '../../fixtures/eventually.js';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { startRedisCluster } from '../../fixtures/redis-cluster.js';

export type FailoverCost = {
  rooms: number;
  /** rooms whose channels were in the slots of the master that was replaced */
  moved: number;
  /** SSUBSCRIBE commands that the new master got */
  commands: number;
  /** time from the promotion of the replica until it had all subscriptions, ms */
  ms: number;
};

const LIMIT_MS = 120_000;

/** Replaces one of three masters of a real cluster while a node is subscribed to rooms. */
export async function failoverCost(rooms: number): Promise<FailoverCost> {
  const redis = await startRedisCluster({ replicasEach: 1 });
  const client = connect(redis.url, 'waiting', () => {});
  keepChannelsOnce(client as Parameters<typeof keepChannelsOnce>[0]);
  try {
    const channels = Array.from({ length: rooms }, (_, i) => `hexfleet#/rider#driver:growth-${i}#`);
    await mapConcurrently(channels, 500, async (channel) => void (await client.ssubscribe(channel)));
    const [oldMaster, newMaster] = [redis.clients[0]!, redis.replicas[0]!];
    const moved = await subscribed(oldMaster);
    const before = await commands(newMaster);
    const from = performance.now();
    await newMaster.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await eventually(async () => (await subscribed(newMaster)) === moved, LIMIT_MS);
    const ms = performance.now() - from;
    return { rooms, moved, commands: (await commands(newMaster)) - before, ms };
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

const subscribed = async (node: Redis): Promise<number> =>
  ((await node.call('PUBSUB', 'SHARDCHANNELS')) as string[]).length;

/** Number of SSUBSCRIBE commands that a node has got. */
async function commands(node: Redis): Promise<number> {
  const stats = await node.info('commandstats');
  return Number(/cmdstat_ssubscribe:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

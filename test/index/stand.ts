import type { Redis } from 'ioredis';
import { connect, type RedisClient } from '#store';
import { type Placed, readIndex } from '../chaos/index-watch.js';
import { eventually } from '../support/eventually.js';
import { startRedis } from '../support/redis.js';
import { startRedisCluster } from '../support/redis-cluster.js';

/** A store for an index, and a look at all of it. */
export type Stand = {
  client: RedisClient;
  masters: Redis[];
  /** master by master: true only while nothing is written */
  placed(): Promise<Map<string, Placed>>;
  stop(): Promise<void>;
};

export async function startOne(): Promise<Stand> {
  const redis = await startRedis();
  return standOn(redis.url, [redis.client], () => redis.stop());
}

export async function startCluster(): Promise<Stand> {
  const cluster = await startRedisCluster();
  return standOn(cluster.url, cluster.clients, () => cluster.stop());
}

async function standOn(url: string, masters: Redis[], stop: () => Promise<void>): Promise<Stand> {
  const client = connect(url, 'commands', () => {});
  await eventually(() =>
    client.ping().then(
      () => true,
      () => false,
    ),
  );
  return {
    client,
    masters,
    placed: async () => joined(await Promise.all(masters.map(readIndex))),
    stop: async () => {
      client.disconnect();
      await stop();
    },
  };
}

function joined(parts: Array<Map<string, Placed>>): Map<string, Placed> {
  const all = new Map<string, Placed>();
  for (const [id, { records, left, cells }] of parts.flatMap((part) => [...part])) {
    const known = all.get(id) ?? { records: [], left: [], cells: [] };
    known.records.push(...records);
    known.left.push(...left);
    known.cells.push(...cells);
    all.set(id, known);
  }
  return all;
}

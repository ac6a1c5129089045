import type { Redis } from 'ioredis';
import { connect, type RedisClient } from '#store';
import { type Placed, readIndex } from '../chaos/index-watch.js';
import { eventually } from '../fixtures/eventually.js';
import { startRedis } from '../fixtures/redis.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';

/** A store for tests of the index, with access to all of its data. */
export type StoreTestBed = {
  client: RedisClient;
  masters: Redis[];
  /** reads the masters one after another: consistent only while nothing is written */
  placed(): Promise<Map<string, Placed>>;
  stop(): Promise<void>;
};

export async function startOne(): Promise<StoreTestBed> {
  const redis = await startRedis();
  return testBedOn(redis.url, [redis.client], () => redis.stop());
}

export async function startCluster(): Promise<StoreTestBed> {
  const cluster = await startRedisCluster();
  return testBedOn(cluster.url, cluster.clients, () => cluster.stop());
}

async function testBedOn(url: string, masters: Redis[], stop: () => Promise<void>): Promise<StoreTestBed> {
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

import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkRedis, connect } from '#store';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import { startRedisCluster, type TestCluster } from '../fixtures/redis-cluster.js';

let redis: TestRedis;
let cluster: TestCluster;
beforeAll(async () => {
  [redis, cluster] = await Promise.all([startRedis(), startRedisCluster()]);
});
afterAll(async () => {
  await Promise.all([redis.stop(), cluster.stop()]);
});

test('one address of a cluster is enough to use all of it', async () => {
  const [address] = cluster.url.split(',');
  const client = connect(await checkRedis(address!), 'waiting', () => {});
  for (let i = 0; i < 20; i += 1) await client.set(`key-${i}`, String(i));
  const counts = await Promise.all(cluster.clients.map((master) => master.dbsize()));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
  expect(counts.every((count) => count > 0)).toBe(true);
  client.disconnect();
  expect(await checkRedis(cluster.url)).toBe(cluster.url);
  await expect(checkRedis(`${address}/1`)).rejects.toThrow(
    /^HEXFLEET_REDIS_URL: a Redis Cluster has only database 0/,
  );
});

test('several addresses of a Redis that is no cluster are refused with one line', async () => {
  expect(await checkRedis(`${redis.url}/1`)).toBe(`${redis.url}/1`);
  const twice = `redis://:secret@127.0.0.1:${redis.port},${redis.url}`;
  const refused = checkRedis(`${redis.url},${redis.url}`);
  await expect(refused).rejects.toThrow(
    /^HEXFLEET_REDIS_URL: several addresses mean a Redis Cluster.*give one address$/,
  );
  await expect(checkRedis(twice)).rejects.not.toThrow(/secret/);
});

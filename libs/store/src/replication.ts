import calculateSlot from 'cluster-key-slot';
import type { Redis } from 'ioredis';
import { isCluster, type RedisClient } from './redis-client.js';

/** A healthy replica confirms within a round trip. */
const TIMEOUT_MS = 1_000;

/**
 * Waits until the writes that this connection has sent to the masters of some keys are in the memory of their replicas
 * (https://redis.io/commands/wait). The connection is blocked meanwhile.
 * @throws {Error} if too few replicas confirmed within a second; the writes are stored all the same
 */
export async function waitForReplicas(redis: RedisClient, keys: string[], replicas: number): Promise<void> {
  const confirmed = await Promise.all(mastersOf(redis, keys).map((node) => node.wait(replicas, TIMEOUT_MS)));
  const fewest = Math.min(...confirmed);
  if (fewest < replicas)
    throw new Error(`Redis has too few replicas: ${fewest} of ${replicas} confirmed a write`);
}

function mastersOf(redis: RedisClient, keys: string[]): Redis[] {
  if (!isCluster(redis)) return [redis];
  const { keyPrefix = '' } = redis.options;
  const addresses = new Set(keys.map((key) => redis.slots[calculateSlot(`${keyPrefix}${key}`)]?.[0]));
  const masters = redis
    .nodes('master')
    .filter(({ options: { host, port } }) => addresses.has(`${host}:${port}`));
  if (masters.length < addresses.size) throw new Error('a master of the Redis Cluster is not known');
  return masters;
}

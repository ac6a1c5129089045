import { keys } from './keys.js';
import type { RedisClient } from './redis-client.js';
import { storeFailureOf } from './store-failure.js';

const PROBE_TTL_MS = 10_000;

/** Writes a key that expires: a Redis that replies to PING may still refuse writes. @returns what is wrong, or null */
export const probeRedis = (redis: RedisClient, node: string): Promise<string | null> =>
  redis.set(keys.probe(node), '1', 'PX', PROBE_TTL_MS).then(
    () => null,
    (error: unknown) => storeFailureOf(error).text,
  );

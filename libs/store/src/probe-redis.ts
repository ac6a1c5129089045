import { keys } from './keys.js';
import type { RedisClient } from './redis-client.js';

const PROBE_TTL_MS = 10_000;

/** Causes by the first word of an error reply. */
const CAUSES: Record<string, string> = {
  OOM: 'Redis is full',
  READONLY: 'Redis is a read-only replica',
  MISCONF: 'Redis cannot save to its disk',
  NOREPLICAS: 'Redis has too few replicas',
  NOPERM: 'the user of Redis may not write',
  LOADING: 'Redis is loading its data',
};

/** Writes a key that expires: a Redis that replies to PING may still refuse writes. @returns what is wrong, or null */
export const probeRedis = (redis: RedisClient, node: string): Promise<string | null> =>
  redis.set(keys.probe(node), '1', 'PX', PROBE_TTL_MS).then(
    () => null,
    (error: Error) => CAUSES[error.message.split(' ', 1)[0]!] ?? 'Redis does not answer',
  );

import type { Redis } from 'ioredis';
import { isCluster, type RedisClient } from './redis-client.js';

const SCANNED_AT_ONCE = 1_000;
const UNLINKED_AT_ONCE = 200;

/** Returns a glob-style pattern that matches exactly this text. */
export const literal = (text: string): string => text.replace(/[\\*?[\]^]/g, '\\$&');

/**
 * Scans the keys of this installation, without its prefix. A key that exists all the time is found, possibly twice. Costs one
 * walk over the keyspace, in steps of about a millisecond.
 * @param pattern glob-style
 */
export async function* scanKeys(redis: RedisClient, pattern: string): AsyncGenerator<string[]> {
  const prefix = redis.options.keyPrefix ?? '';
  for (const node of isCluster(redis) ? redis.nodes('master') : [redis])
    for await (const names of scanNode(redis, node, pattern))
      yield names.map((name) => name.slice(prefix.length));
}

/** Scans the keys of this installation at one node, with its prefix; see {@link scanKeys}. */
export async function* scanNode(redis: RedisClient, node: Redis, pattern: string): AsyncGenerator<string[]> {
  const whole = `${literal(redis.options.keyPrefix ?? '')}${pattern}`;
  let cursor = '0';
  do {
    const [next, names] = await node.scan(cursor, 'MATCH', whole, 'COUNT', SCANNED_AT_ONCE);
    cursor = next;
    if (names.length > 0) yield names;
  } while (cursor !== '0');
}

/** Deletes keys, one command for each, because those of a cluster are in several slots. @returns how many there were */
export async function unlink(redis: RedisClient, keys: readonly string[]): Promise<number> {
  let deleted = 0;
  for (let at = 0; at < keys.length; at += UNLINKED_AT_ONCE) {
    const counts = await Promise.all(keys.slice(at, at + UNLINKED_AT_ONCE).map((key) => redis.unlink(key)));
    deleted += counts.reduce((sum, count) => sum + count, 0);
  }
  return deleted;
}

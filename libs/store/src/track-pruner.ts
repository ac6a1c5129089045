import type { Redis } from 'ioredis';
import { HOUR_MS } from '#protocol';
import { keys } from './keys.js';
import { isCluster, type RedisClient } from './redis-client.js';
import { scanNode } from './scan-keys.js';

/** Share of `maxmemory` above which tracks are dropped, and to which. */
const HIGH = 0.95;
const LOW = 0.9;
const DROPPED_AT_ONCE = 200;
/** Keys that one pass remembers; further ones are found by the next pass. */
const MAX_KEYS = 20_000;

/** Dropped tracks: the number of lists, one per driver and hour, and the start of the newest hour among them, epoch ms. */
export type Pruned = { lists: number; upTo: number };

/**
 * Drops the oldest tracks when Redis is nearly full and may evict nothing, so that positions, trips and chats can still be
 * written. The last few fixes of each present driver, in its record, stay. Needs no lock: two that drop the same lists do no harm.
 */
export class TrackPruner {
  constructor(private readonly redis: RedisClient) {}

  /** Drops whole hours, oldest first, on each master that is nearly full. @returns null if nothing was dropped */
  async run(): Promise<Pruned | null> {
    const masters = isCluster(this.redis) ? this.redis.nodes('master') : [this.redis];
    const pruned = (await Promise.all(masters.map((node) => this.#prune(node)))).filter(
      (each) => each !== null,
    );
    if (pruned.length === 0) return null;
    return {
      lists: pruned.reduce((sum, { lists }) => sum + lists, 0),
      upTo: Math.max(...pruned.map(({ upTo }) => upTo)),
    };
  }

  async #prune(node: Redis): Promise<Pruned | null> {
    if ((await shareUsed(node)) < HIGH) return null;
    let [lists, upTo] = [0, 0];
    const all = await this.#oldestTracks(node);
    for (let at = 0; at < all.length && (await shareUsed(node)) > LOW; at += DROPPED_AT_ONCE) {
      const chunk = all.slice(at, at + DROPPED_AT_ONCE);
      // Allowed also while Redis refuses every command that takes memory.
      lists += await node.unlink(...chunk.map(({ key }) => key));
      upTo = chunk.at(-1)!.hour * HOUR_MS;
    }
    return lists === 0 ? null : { lists, upTo };
  }

  /** Keys of tracks at a node, as it is to be asked for them, oldest hour first. */
  async #oldestTracks(node: Redis): Promise<Array<{ key: string; hour: number }>> {
    const { keyPrefix: own = '' } = node.options;
    let found: Array<{ key: string; hour: number }> = [];
    for await (const names of scanNode(this.redis, node, keys.anyTrack)) {
      for (const name of names) found.push({ key: name.slice(own.length), hour: keys.hourOfTrack(name) });
      if (found.length > 2 * MAX_KEYS) found = oldest(found);
    }
    return oldest(found);
  }
}

const oldest = (tracks: Array<{ key: string; hour: number }>): Array<{ key: string; hour: number }> =>
  tracks.sort((a, b) => a.hour - b.hour).slice(0, MAX_KEYS);

/** Used share of `maxmemory`, as Redis compares it before it refuses a write; 0 if it has no limit or evicts keys itself. */
async function shareUsed(node: Redis): Promise<number> {
  const info = await node.info('memory');
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const limit = Number(field('maxmemory') ?? 0);
  if (limit === 0 || field('maxmemory_policy') !== 'noeviction') return 0;
  return (Number(field('used_memory')) - Number(field('mem_not_counted_for_evict') ?? 0)) / limit;
}

import { EMPTY_FEED, type FeedEntry, type FeedPart, HOUR_MS } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { appendFeed } from './scripts/common.js';

const MAX_ENTRIES = 500;

/** Owner of a feed: one user in one role, or dispatch for one region. */
export type FeedOwner = `rider:${string}` | `driver:${string}` | `region:${string}`;

/** Feeds of pushes for clients that were offline: the last 500 entries of each owner, kept for some hours. */
export class Feeds {
  readonly #redis: RedisClient;
  readonly #ttlMs: number;

  /** @param hours lifetime of a feed after its last entry and after it was last read */
  constructor(redis: RedisClient, hours: number) {
    this.#redis = redis;
    this.#ttlMs = hours * HOUR_MS;
  }

  /** Appends an entry. @returns its id */
  append(owner: FeedOwner, entry: Omit<FeedEntry, 'id'>, now: number): Promise<string> {
    const json = JSON.stringify(entry);
    return appendFeed(this.#redis, {
      key: keys.feed(owner),
      now,
      maxEntries: MAX_ENTRIES,
      ttlMs: this.#ttlMs,
      json,
    });
  }

  /**
   * Reads the entries after one. `complete` is false if entries in between are gone.
   * @param after id of the last entry that the client has; null for the id of the newest entry only
   */
  async since(owner: FeedOwner, after: string | null, now: number): Promise<FeedPart> {
    const key = keys.feed(owner);
    if (after === null) {
      const [newest] = await this.#redis.xrevrange(key, '+', '-', 'COUNT', 1);
      return { entries: [], last: newest?.[0] ?? EMPTY_FEED, complete: true };
    }
    // The entry that the client has is read too: only its presence proves that nothing is missing after it.
    // Reading extends the lifetime: clients read now and then, and their feed must not expire.
    const [entries] = await Promise.all([
      this.#redis.xrange(key, after, '+'),
      this.#redis.pexpire(key, this.#ttlMs),
    ]);
    const found = entries.map(parseEntry);
    const isWhole = after === EMPTY_FEED && (found.length === 0 || found[0]!.id.endsWith('-0'));
    if (found[0]?.id === after) found.shift();
    else if (isWhole)
      return { entries: unexpired(found, now), last: found.at(-1)?.id ?? after, complete: true };
    else if (hasStartedAgain(after, found))
      return { entries: unexpired(found, now), last: found.at(-1)!.id, complete: false };
    else if (found[0]?.id !== next(after)) return this.#lost(key);
    return { entries: unexpired(found, now), last: found.at(-1)?.id ?? after, complete: true };
  }

  async #lost(key: string): Promise<FeedPart> {
    const [newest] = await this.#redis.xrevrange(key, '+', '-', 'COUNT', 1);
    return { entries: [], last: newest?.[0] ?? EMPTY_FEED, complete: false };
  }
}

const unexpired = (entries: FeedEntry[], now: number): FeedEntry[] =>
  entries.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);

/** Whether the feed expired and started again: its first entry has another epoch, and none since is missing. */
function hasStartedAgain(after: string, [first]: FeedEntry[]): boolean {
  const [epoch, number] = first?.id.split('-') ?? [];
  return number === '0' && epoch !== after.split('-')[0];
}

function next(id: string): string {
  const [epoch, number] = id.split('-');
  return `${epoch}-${Number(number) + 1}`;
}

const parseEntry = ([id, [, text]]: [string, string[]]): FeedEntry => ({ id, ...JSON.parse(text!) });

import { EMPTY_FEED, type FeedEntry, type FeedPart, HOUR_MS, isOpen, type Trip } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { appendFeed, blankFeed } from './scripts/common.js';

/** Maximum number of entries of a feed. */
export const MAX_FEED_ENTRIES = 500;

/** Owner of a feed: one user in one role, or dispatch for one region, or for the crossings of its zones. */
export type FeedOwner = `rider:${string}` | `driver:${string}` | `region:${string}` | `crossings:${string}`;

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
      maxEntries: MAX_FEED_ENTRIES,
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
    const [entries, [oldest]] = await Promise.all([
      this.#redis.xrange(key, after, '+'),
      this.#redis.xrange(key, '-', '+', 'COUNT', 1),
      this.#redis.pexpire(key, this.#ttlMs),
    ]);
    // Reading keeps the feed and its numbers, but not what was in it for longer than it is kept.
    const before = now - this.#ttlMs;
    if (oldest !== undefined && timeOf(oldest, now) < before)
      await blankFeed(this.#redis, { key, before, texts: [] });
    const found = entries.map((entry) =>
      timeOf(entry, now) < before ? { ...parseEntry(entry), expiresAt: 0 } : parseEntry(entry),
    );
    const current = (all: FeedEntry[]) => all.filter(isCurrent(owner, all, now));
    const isWhole = after === EMPTY_FEED && (found.length === 0 || found[0]!.id.endsWith('-0'));
    if (found[0]?.id === after) found.shift();
    else if (isWhole) return { entries: current(found), last: found.at(-1)?.id ?? after, complete: true };
    else if (hasStartedAgain(after, found))
      return { entries: current(found), last: found.at(-1)!.id, complete: false };
    else if (found[0]?.id !== next(after)) return this.#lost(key);
    return { entries: current(found), last: found.at(-1)?.id ?? after, complete: true };
  }

  async #lost(key: string): Promise<FeedPart> {
    const [newest] = await this.#redis.xrevrange(key, '+', '-', 'COUNT', 1);
    return { entries: [], last: newest?.[0] ?? EMPTY_FEED, complete: false };
  }
}

/**
 * Leaves out what has expired, alerts that were withdrawn later, and what a driver saw of a trip before it ended: the last entry
 * has what it may still see.
 */
function isCurrent(owner: FeedOwner, entries: FeedEntry[], now: number): (entry: FeedEntry) => boolean {
  const idOf = ({ payload }: FeedEntry) => (payload as { id?: unknown }).id;
  const isOpenTrip = ({ event, payload }: FeedEntry) => event === 'trip' && isOpen((payload as Trip).state);
  const idsOf = (own: FeedEntry[]) => new Set(own.map(idOf));
  const withdrawn = idsOf(entries.filter(({ event }) => event === 'area:withdrawn'));
  const ended = owner.startsWith('driver:')
    ? idsOf(entries.filter((entry) => entry.event === 'trip' && !isOpenTrip(entry)))
    : new Set();
  return (entry) =>
    (entry.expiresAt === null || entry.expiresAt > now) &&
    !(entry.event === 'area:alert' && withdrawn.has(idOf(entry))) &&
    !(ended.has(idOf(entry)) && isOpenTrip(entry));
}

/** Whether the feed expired and started again: its first entry has another epoch, and none since is missing. */
function hasStartedAgain(after: string, [first]: FeedEntry[]): boolean {
  const [epoch, number] = first?.id.split('-') ?? [];
  return number === '0' && epoch !== after.split('-')[0];
}

function next(id: string): string {
  const [epoch, number] = id.split('-');
  return `${epoch}-${Number(number) + 1}`;
}

/** Time of a stored entry, epoch ms; those of earlier versions have none. */
const timeOf = ([, [, , , at]]: [string, string[]], now: number): number => Number(at ?? now);

const parseEntry = ([id, [, text]]: [string, string[]]): FeedEntry => ({ id, ...JSON.parse(text!) });

import { EMPTY_FEED, type FeedEntry, type FeedPart } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

const MAX_ENTRIES = 500;
const HOUR_MS = 3_600_000;

/** Whose feed it is: of one user in one role, or of dispatch for one region. */
export type FeedOwner = `rider:${string}` | `driver:${string}` | `region:${string}`;

/** What was told to somebody, kept for when they were not there: the last 500 entries, for some hours. */
export class Feeds {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;
  readonly #keptMs: number;

  /** @param hours after the last entry, and after it was asked for, a feed is forgotten */
  constructor(redis: RedisClient, hours: number) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
    this.#keptMs = hours * HOUR_MS;
  }

  /** @returns the id of the entry */
  async append(owner: FeedOwner, entry: Omit<FeedEntry, 'id'>, now: number): Promise<string> {
    const fields = [now, MAX_ENTRIES, this.#keptMs, JSON.stringify(entry)];
    return (await this.#scripts.appendFeed(keys.feed(owner), ...fields)) as string;
  }

  /** @param after the entry that was seen last; null to begin with the next one */
  async since(owner: FeedOwner, after: string | null, now: number): Promise<FeedPart> {
    const key = keys.feed(owner);
    if (after === null) {
      const [newest] = await this.#redis.xrevrange(key, '+', '-', 'COUNT', 1);
      return { entries: [], last: newest?.[0] ?? EMPTY_FEED, complete: true };
    }
    // With the one that was seen, because only its successor proves that nothing is missing between them.
    // Who is there asks now and then: a feed that somebody reads is not forgotten.
    const [entries] = await Promise.all([
      this.#redis.xrange(key, after, '+'),
      this.#redis.pexpire(key, this.#keptMs),
    ]);
    const found = entries.map(parseEntry);
    const isWhole = after === EMPTY_FEED && (found.length === 0 || found[0]!.id.endsWith('-0'));
    if (found[0]?.id === after) found.shift();
    else if (isWhole)
      return { entries: unexpired(found, now), last: found.at(-1)?.id ?? after, complete: true };
    else if (beganAnew(after, found))
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

/** Forgotten since, it began with another epoch, of which nothing is missing. */
function beganAnew(after: string, [first]: FeedEntry[]): boolean {
  const [epoch, number] = first?.id.split('-') ?? [];
  return number === '0' && epoch !== after.split('-')[0];
}

function next(id: string): string {
  const [epoch, number] = id.split('-');
  return `${epoch}-${Number(number) + 1}`;
}

const parseEntry = ([id, [, text]]: [string, string[]]): FeedEntry => ({ id, ...JSON.parse(text!) });

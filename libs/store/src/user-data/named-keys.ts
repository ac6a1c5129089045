import { NAMESPACES, type Role } from '#protocol';
import { keys, presencePartOf } from '../keys.js';
import type { RedisClient } from '../redis.js';
import { literal, scanKeys, unlink } from '../scan-keys.js';
import type { ErasedKind, ErasedUser, Subject, UserData } from './user-data.js';

type Names = { exact?: (userId: string) => string[]; pattern?: (userId: string) => string };

/** Keys that are about one user as a whole, and named after it. */
export class NamedKeys implements UserData {
  readonly kind: string;
  readonly #redis: RedisClient;
  readonly #names: Names;
  readonly #isOf: (key: string, userId: string) => boolean;

  /** @param isOf whether a key that the pattern matches is the user's */
  constructor(
    redis: RedisClient,
    kind: string,
    names: Names,
    isOf: (key: string, userId: string) => boolean = () => true,
  ) {
    this.#redis = redis;
    this.kind = kind;
    this.#names = names;
    this.#isOf = isOf;
  }

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    let erased = 0;
    for await (const found of this.#find(userId)) erased += await unlink(this.#redis, found);
    return { erased };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    for await (const found of this.#find(userId))
      for (const key of found) {
        const value = await readKey(this.#redis, key);
        if (value !== null) yield { key, value };
      }
  }

  async *#find(userId: string): AsyncGenerator<string[]> {
    const { exact, pattern } = this.#names;
    if (exact !== undefined) yield exact(userId);
    if (pattern === undefined) return;
    for await (const found of scanKeys(this.#redis, pattern(literal(userId))))
      yield found.filter((key) => this.#isOf(key, userId));
  }
}

/** Reads a key whatever its type; null if there is none. */
async function readKey(redis: RedisClient, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return (await redis.xrange(key, '-', '+')).map(([id, fields]) => [id, ...fields]);
    default:
      return null;
  }
}

const ROLES: readonly Role[] = ['rider', 'driver'];

/**
 * Whether an expiring key is about a user: `<kind>:<role> <user> <key of a request>`, `<kind>:<role>:<user>`, `offline:<driver>`, or
 * `alert:<kind>:<driver>`.
 */
export function isExpiringOf(key: string, userId: string): boolean {
  const name = key.slice(keys.expiring('').length).replace(/:claim$/, '');
  const begins = (prefix: string) => name === prefix || name.startsWith(`${prefix} `);
  const [kind = '', second = ''] = name.split(':', 2);
  return (
    ROLES.some((role) => begins(`${kind}:${role} ${userId}`) || name === `${kind}:${role}:${userId}`) ||
    name === `offline:${userId}` ||
    (kind === 'alert' && begins(`alert:${second}:${userId}`))
  );
}

/** Kinds of keys that are named after a user. */
export const namedKeys = (redis: RedisClient): UserData[] => [
  new NamedKeys(redis, 'driver log', { exact: (id) => [keys.driverLog(id)] }),
  new NamedKeys(redis, 'devices', { exact: (id) => [keys.devices(id)] }),
  new NamedKeys(redis, 'fleet', { exact: (id) => [keys.driverFleet(id)] }),
  new NamedKeys(redis, 'rate limits', { exact: (id) => ROLES.map((role) => keys.rate(role, id)) }),
  new NamedKeys(
    redis,
    'zone memberships',
    { pattern: keys.anyZoneMember },
    (key, id) => key.slice(key.indexOf('}:member:') + 9) === id,
  ),
  new NamedKeys(redis, 'requests and counters', { pattern: (id) => keys.expiring(`*${id}*`) }, isExpiringOf),
];

/** The connections of a user, and when it was last seen. */
export class PresenceData implements UserData {
  readonly kind = 'presence';

  constructor(private readonly redis: RedisClient) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    const part = presencePartOf(userId);
    const runs = await this.redis.zrange(keys.presenceHeartbeats, '0', '-1');
    for (const run of runs) await this.redis.srem(keys.presenceOn(part, run), userId);
    const members = NAMESPACES.map((namespace) => `${namespace} ${userId}`);
    await this.redis.zrem(keys.presenceGone(part), ...members);
    return { erased: await this.redis.unlink(keys.presence(userId)) };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    const hash = await this.redis.hgetall(keys.presence(userId));
    if (Object.keys(hash).length > 0) yield hash;
  }
}

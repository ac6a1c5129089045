import { createHash, randomBytes } from 'node:crypto';
import { ProtocolError } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

/** A link to a trip, as it is kept: by the SHA-256 of its token, from which nobody learns the token. */
export type Link = { tripId: string; digest: string; expiresAt: number };

const TOKEN_BYTES = 24;
const MAX_LINKS = 10;
const MAX_FOLLOWERS = 20;
/** For so long it is known that there was a link. */
const REMEMBERED_MS = 24 * 3_600_000;

/** Links to trips. What a link opens stands with the trip's other links, so that all of them are revoked in one step. */
export class Links {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
  }

  /**
   * @param expiresAt epoch ms
   * @returns the token, which is kept nowhere
   * @throws {ProtocolError} TOO_MANY_LINKS
   */
  async create(tripId: string, expiresAt: number, now: number): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const digest = digestOf(token);
    // First: a link that is not in the list opens nothing, one without a name could not be revoked.
    await this.#redis.set(keys.link(digest), tripId, 'PX', expiresAt - now + REMEMBERED_MS);
    if (await this.#admit(keys.links(tripId), now, expiresAt, MAX_LINKS, digest)) return token;
    await this.#redis.del(keys.link(digest));
    throw new ProtocolError('TOO_MANY_LINKS');
  }

  /** @throws {ProtocolError} NO_SUCH_LINK, or LINK_EXPIRED_OR_REVOKED when it is expired or revoked */
  async find(token: string, now: number): Promise<Link> {
    const digest = digestOf(token);
    const tripId = await this.#redis.get(keys.link(digest));
    if (tripId === null) throw new ProtocolError('NO_SUCH_LINK');
    const expiresAt = await this.#expiryOf(tripId, digest);
    if (expiresAt <= now) throw new ProtocolError('LINK_EXPIRED_OR_REVOKED');
    return { tripId, digest, expiresAt };
  }

  async holds({ tripId, digest }: Link, now: number): Promise<boolean> {
    return (await this.#expiryOf(tripId, digest)) > now;
  }

  /** Revokes one link of a trip. @returns its digest @throws {ProtocolError} NO_SUCH_LINK */
  async revoke(tripId: string, token: string): Promise<string> {
    const digest = digestOf(token);
    if ((await this.#redis.get(keys.link(digest))) !== tripId) throw new ProtocolError('NO_SUCH_LINK');
    await this.#redis.zrem(keys.links(tripId), digest);
    return digest;
  }

  async revokeAll(tripId: string): Promise<void> {
    await this.#redis.del(keys.links(tripId));
  }

  /** One more follows a link, until a time unless it is said again. @returns false when too many do already */
  admit({ tripId, digest }: Link, follower: string, now: number, until: number): Promise<boolean> {
    return this.#admit(keys.followers(tripId, digest), now, until, MAX_FOLLOWERS, follower);
  }

  async leave({ tripId, digest }: Link, follower: string): Promise<void> {
    await this.#redis.zrem(keys.followers(tripId, digest), follower);
  }

  async #expiryOf(tripId: string, digest: string): Promise<number> {
    return Number((await this.#redis.zscore(keys.links(tripId), digest)) ?? 0);
  }

  async #admit(key: string, now: number, until: number, atMost: number, member: string): Promise<boolean> {
    return (await this.#scripts.admit(key, now, until, atMost, member)) === 1;
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

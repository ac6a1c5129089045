import { createHash } from 'node:crypto';
import { DAY_MS, ProtocolError } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { admitMember } from './scripts/common.js';

/** A link to a trip. Only the SHA-256 of its token is stored, which does not reveal the token. */
export type Link = { tripId: string; digest: string; expiresAt: number; showsPlaces: boolean };

/** Follows the id of the trip in a link that shows its pick-up, destination and route. */
const WITH_PLACES = ' places';
const MAX_LINKS = 10;
const MAX_FOLLOWERS = 20;
/** Time for which an expired link is still recognised as one. */
const REMEMBERED_MS = DAY_MS;

/** Links to trips. The active links of a trip are in one sorted set, so that all of them can be revoked in one step. */
export class Links {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Creates a link.
   * @param token of the link, which is not stored
   * @param expiresAt epoch ms
   * @param showsPlaces whether it shows the pick-up, the destination and the route
   * @throws {ProtocolError} TOO_MANY_LINKS
   */
  async create(
    tripId: string,
    token: string,
    { expiresAt, showsPlaces }: Pick<Link, 'expiresAt' | 'showsPlaces'>,
    now: number,
  ): Promise<void> {
    const digest = digestOf(token);
    // Digest first: a link that is not yet active opens nothing, but an active one without digest could not be revoked.
    const content = `${tripId}${showsPlaces ? WITH_PLACES : ''}`;
    await this.redis.set(keys.link(digest), content, 'PX', expiresAt - now + REMEMBERED_MS);
    const key = keys.links(tripId);
    if (await admitMember(this.redis, { key, member: digest, now, until: expiresAt, max: MAX_LINKS })) return;
    await this.redis.del(keys.link(digest));
    throw new ProtocolError('TOO_MANY_LINKS');
  }

  /** Finds the active link of a token. @throws {ProtocolError} NO_SUCH_LINK, LINK_EXPIRED_OR_REVOKED */
  async find(token: string, now: number): Promise<Link> {
    const digest = digestOf(token);
    const content = await this.redis.get(keys.link(digest));
    if (content === null) throw new ProtocolError('NO_SUCH_LINK');
    const tripId = tripOf(content);
    const expiresAt = await this.#expiryOf(tripId, digest);
    if (expiresAt <= now) throw new ProtocolError('LINK_EXPIRED_OR_REVOKED');
    return { tripId, digest, expiresAt, showsPlaces: content !== tripId };
  }

  /** Whether a link is still active. */
  async holds({ tripId, digest }: Link, now: number): Promise<boolean> {
    return (await this.#expiryOf(tripId, digest)) > now;
  }

  /** Revokes one link of a trip. @returns its digest @throws {ProtocolError} NO_SUCH_LINK */
  async revoke(tripId: string, token: string): Promise<string> {
    const digest = digestOf(token);
    if (tripOf((await this.redis.get(keys.link(digest))) ?? '') !== tripId)
      throw new ProtocolError('NO_SUCH_LINK');
    await this.redis.zrem(keys.links(tripId), digest);
    return digest;
  }

  /** Revokes all links of a trip. */
  async revokeAll(tripId: string): Promise<void> {
    await this.redis.del(keys.links(tripId));
  }

  /** Deletes the active links of a trip with their followers. @returns how many there were */
  async eraseAll(tripId: string): Promise<number> {
    const digests = await this.redis.zrange(keys.links(tripId), '0', '-1');
    for (const digest of digests) {
      await this.redis.del(keys.link(digest));
      await this.redis.del(keys.followers(tripId, digest));
    }
    await this.redis.del(keys.links(tripId));
    return digests.length;
  }

  /** Adds or renews a follower of a link until a time, epoch ms. @returns false if the link has too many followers */
  admit({ tripId, digest }: Link, follower: string, now: number, until: number): Promise<boolean> {
    const key = keys.followers(tripId, digest);
    return admitMember(this.redis, { key, member: follower, now, until, max: MAX_FOLLOWERS });
  }

  /** Removes a follower of a link. */
  async leave({ tripId, digest }: Link, follower: string): Promise<void> {
    await this.redis.zrem(keys.followers(tripId, digest), follower);
  }

  async #expiryOf(tripId: string, digest: string): Promise<number> {
    return Number((await this.redis.zscore(keys.links(tripId), digest)) ?? 0);
  }
}

const tripOf = (content: string): string => content.replace(WITH_PLACES, '');

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

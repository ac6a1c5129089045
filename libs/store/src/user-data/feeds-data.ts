import { keys } from '../keys.js';
import type { RedisClient } from '../redis.js';
import { scanKeys, unlink } from '../scan-keys.js';
import { blankFeed } from '../scripts/common.js';
import type { Trips } from '../trips.js';
import { usersOf } from '../user-trips.js';
import type { ErasedKind, ErasedUser, Subject, UserData } from './user-data.js';

/** Texts that one script call looks for. */
const TEXTS_AT_ONCE = 50;
const OWN = ['rider', 'driver'] as const;

/**
 * Feeds: the user's own, and the entries about the user in those of partners and regions. Entries about the trips of a user are
 * about the user, too: an offer has the place of the rider. Comes before the trips, by which it finds the partners.
 */
export class FeedsData implements UserData {
  readonly kind = 'feeds';

  constructor(
    private readonly redis: RedisClient,
    private readonly trips: Pick<Trips, 'find'>,
  ) {}

  async erase({ userId, tripIds }: ErasedUser): Promise<ErasedKind> {
    const partners = new Set<string>();
    for (const id of tripIds) {
      const trip = await this.trips.find(id);
      for (const partner of trip === null ? [] : usersOf(trip)) partners.add(partner);
    }
    partners.delete(userId);
    const texts = [userId, ...tripIds].map((text) => JSON.stringify(text));
    let erased = await unlink(
      this.redis,
      OWN.map((role) => keys.feed(`${role}:${userId}`)),
    );
    for (const partner of partners)
      for (const role of OWN) erased += await this.#blank(keys.feed(`${role}:${partner}`), texts);
    for await (const regions of scanKeys(this.redis, keys.anyRegionFeed))
      for (const key of regions) erased += await this.#blank(key, texts);
    return { erased };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    for (const role of OWN)
      for (const [id, [, json]] of await this.redis.xrange(keys.feed(`${role}:${userId}`), '-', '+'))
        yield { role, id, ...JSON.parse(json!) };
  }

  async #blank(key: string, texts: string[]): Promise<number> {
    let blanked = 0;
    for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE)
      blanked += await blankFeed(this.redis, {
        key,
        before: 0,
        texts: texts.slice(at, at + TEXTS_AT_ONCE),
      });
    return blanked;
  }
}

import { keys } from '../keys.js';
import { PushDevices } from '../push-devices.js';
import type { RedisClient } from '../redis.js';
import { scanKeys } from '../scan-keys.js';
import { type ErasedKind, type ErasedUser, mentions, type Subject, type UserData } from './user-data.js';

const PAGE = 500;

/** Subscriptions and settings of a user for notifications, and the notifications that wait. Comes before the trips. */
export class NotificationsData implements UserData {
  readonly kind = 'notifications';
  readonly #redis: RedisClient;
  readonly #devices: PushDevices;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#devices = new PushDevices(redis);
  }

  async erase({ userId, tripIds }: ErasedUser): Promise<ErasedKind> {
    const texts = [userId, ...tripIds];
    const words = new Set(texts);
    const { due, jobs, known } = keys.notifications;
    let erased = await this.#devices.erase(userId);
    let cursor = '0';
    do {
      const [next, flat] = await this.#redis.hscan(jobs, cursor, 'COUNT', PAGE);
      for (let i = 0; i < flat.length; i += 2) {
        if (!mentions(flat[i + 1]!, texts)) continue;
        await this.#redis.zrem(due, flat[i]!);
        erased += await this.#redis.hdel(jobs, flat[i]!);
      }
      cursor = next;
    } while (cursor !== '0');
    do {
      const [next, flat] = await this.#redis.zscan(known, cursor, 'COUNT', PAGE);
      const ids = flat.filter((id, i) => i % 2 === 0 && id.split(' ').some((word) => words.has(word)));
      if (ids.length > 0) await this.#redis.zrem(known, ...ids);
      cursor = next;
    } while (cursor !== '0');
    return { erased };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    yield* await this.#devices.export(userId);
  }
}

/** The drivers whom a rider had lately, whose cars it does not see, and a driver among those of other riders. */
export class RecentDriversData implements UserData {
  readonly kind = 'recent drivers';

  constructor(private readonly redis: RedisClient) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    let erased = await this.redis.unlink(keys.recentDrivers(userId));
    for await (const names of scanKeys(this.redis, keys.anyRecentDrivers))
      for (const key of names) erased += await this.redis.zrem(key, userId);
    return { erased };
  }
}

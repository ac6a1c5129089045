import { DAY_MS } from '#protocol';
import type { Queue } from '#zones';
import { keys, profilePartOf } from '../keys.js';
import type { RedisClient } from '../redis.js';
import { scanKeys } from '../scan-keys.js';
import { changeQueue } from '../scripts/zone-effects.js';
import { type ErasedKind, type ErasedUser, mentions, type Subject, type UserData } from './user-data.js';

const MAX_ATTEMPTS = 20;
const AT_ONCE = 200;

/** Name, photo and vehicle of a driver. */
export class ProfileData implements UserData {
  readonly kind = 'profile';

  constructor(private readonly redis: RedisClient) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    return { erased: await this.redis.hdel(keys.profiles(profilePartOf(userId)), userId) };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    const json = await this.redis.hget(keys.profiles(profilePartOf(userId)), userId);
    if (json !== null) yield JSON.parse(json);
  }
}

/** Places of a driver in the queues of zones, and the trips that left from them. */
export class QueuesData implements UserData {
  readonly kind = 'queues';

  constructor(private readonly redis: RedisClient) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    let erased = 0;
    for await (const names of scanKeys(this.redis, keys.anyZoneQueue))
      for (const key of names) erased += await this.#remove(key, userId);
    return { erased };
  }

  async #remove(key: string, driverId: string): Promise<number> {
    const [, region = '', zoneId = ''] = /^\{([^}]*)\}:queue:(.*)$/.exec(key) ?? [];
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const [version, state] = await this.redis.hmget(key, 'version', 'state');
      if (state === null || state === undefined || !mentions(state, [driverId])) return 0;
      const { places, departures }: Queue = JSON.parse(state);
      const others = <T extends { driverId: string }>(list: readonly T[]): T[] =>
        list.filter((item) => item.driverId !== driverId);
      const after = JSON.stringify({ places: others(places), departures: others(departures) });
      const change = { region, zoneId, expectedVersion: Number(version), state: after, ttlMs: DAY_MS };
      if (await changeQueue(this.redis, change)) return 1;
    }
    throw new Error(`the queue of zone ${zoneId} keeps changing`);
  }
}

/** The log by which processors learn of drivers that somebody begins to follow. */
export class FollowedData implements UserData {
  readonly kind = 'followed drivers';

  constructor(private readonly redis: RedisClient) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    const entries = await this.redis.xrange(keys.followed, '-', '+');
    const ids = entries.filter(([, [, driverId]]) => driverId === userId).map(([id]) => id);
    let erased = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE)
      erased += await this.redis.xdel(keys.followed, ...ids.slice(at, at + AT_ONCE));
    return { erased };
  }
}

/**
 * Incidents and alerts about a user or its trips, decisions of dispatch about them, and the user among those whom alerts to areas
 * have reached. Comes before the trips.
 */
export class AlertsData implements UserData {
  readonly kind = 'incidents and alerts';

  constructor(private readonly redis: RedisClient) {}

  async erase({ userId, tripIds }: ErasedUser): Promise<ErasedKind> {
    const texts = [userId, ...tripIds];
    const words = new Set(texts);
    const isAbout = (id: string, json: string) =>
      mentions(json, texts) || id.split(' ').some((word) => words.has(word));
    let erased = 0;
    for (const key of [keys.raisedAlerts, keys.alertMarks])
      for (const [id, json] of Object.entries(await this.redis.hgetall(key)))
        if (isAbout(id, json)) erased += await this.redis.hdel(key, id);
    for await (const names of scanKeys(this.redis, keys.anyAlertReached))
      for (const key of names) erased += await this.redis.srem(key, userId);
    return { erased };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    for (const text of await this.redis.hvals(keys.raisedAlerts)) {
      const { event, payload } = JSON.parse(text.slice(text.indexOf(' ') + 1));
      if (event === 'incident' && payload.by.userId === userId) yield payload;
    }
  }
}

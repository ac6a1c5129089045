import { setImmediate } from 'node:timers/promises';
import type { TripRecord } from '#trips';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** Trips that are kept in the list of one user, more than anybody has within the retention; the oldest are dropped. */
const MAX_TRIPS = 10_000;
const READ_AT_ONCE = 500;

/** Users whom a trip names: its rider, its driver, and all drivers who were offered it. */
export const usersOf = ({
  riderId,
  driverId,
  asked,
  offer,
  offers = [],
  passed = [],
}: TripRecord): string[] => [
  ...new Set([
    riderId,
    ...(driverId === null ? [] : [driverId]),
    ...asked,
    ...(offer === null ? [] : [offer.driverId]),
    ...offers.map((past) => past.driverId),
    ...passed.map((past) => past.driverId),
  ]),
];

/** Lists of the trips that name a user, as rider, as driver or with an offer, for as long as the trips are stored. */
export class UserTrips {
  constructor(
    private readonly redis: RedisClient,
    private readonly ttlS: number,
  ) {}

  /** Adds a trip, before it is stored: one that no list has could not be found again. */
  async add(trip: TripRecord, now: number): Promise<void> {
    await Promise.all(
      usersOf(trip).map(async (userId) => {
        const key = keys.tripsOf(userId);
        await Promise.all([
          this.redis.zadd(key, now, trip.id),
          this.redis.expire(key, this.ttlS),
          this.redis.zremrangebyscore(key, '-inf', now - this.ttlS * 1_000),
          this.redis.zremrangebyrank(key, 0, -MAX_TRIPS - 1),
        ]);
      }),
    );
  }

  /** Reads the ids of the trips that name a user, also of those that an earlier version stored without a list. */
  async of(userId: string): Promise<string[]> {
    const listed = await this.redis.zrange(keys.tripsOf(userId), '0', '-1');
    return [...new Set([...listed, ...(await this.#unlisted(userId))])];
  }

  async #unlisted(userId: string): Promise<string[]> {
    const found: string[] = [];
    const json = JSON.stringify(userId);
    for (const list of [keys.trips, keys.endedTrips])
      for (let at = 0; ; at += READ_AT_ONCE) {
        const ids = await this.redis.zrange(list, String(at), String(at + READ_AT_ONCE - 1));
        const texts = await Promise.all(ids.map((id) => this.redis.hget(keys.trip(id), 'trip')));
        found.push(...ids.filter((_, i) => texts[i]?.includes(json)));
        if (ids.length < READ_AT_ONCE) break;
        await setImmediate();
      }
    return found;
  }
}

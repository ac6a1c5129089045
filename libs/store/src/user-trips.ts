import { setImmediate } from 'node:timers/promises';
import { isOpen } from '#protocol';
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

  /**
   * Adds a trip, before it is stored: one that no list has could not be found again.
   * @param before the trip before the change, whose users have it in their lists; null if it is new
   */
  async add(trip: TripRecord, before: TripRecord | null, now: number): Promise<void> {
    // Each change of a trip that is over extends its lifetime, and so that of its entries.
    const listed = new Set(before === null || !isOpen(trip.state) ? [] : usersOf(before));
    const users = usersOf(trip).filter((userId) => !listed.has(userId));
    await Promise.all(users.map((userId) => this.#addTo(userId, trip, now)));
  }

  async #addTo(userId: string, { id, state }: TripRecord, now: number): Promise<void> {
    const key = keys.tripsOf(userId);
    const commands: Array<Promise<unknown>> = [
      this.redis.zadd(key, now, id),
      this.redis.expire(key, this.ttlS),
    ];
    if (!isOpen(state))
      commands.push(
        this.redis.zremrangebyscore(key, '-inf', now - this.ttlS * 1_000),
        this.redis.zremrangebyrank(key, 0, -MAX_TRIPS - 1),
      );
    await Promise.all(commands);
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

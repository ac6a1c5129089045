import { isOpen } from '#protocol';
import { type TripRecord, viewOf } from '#trips';
import { keys } from '../keys.js';
import type { RedisClient } from '../redis.js';
import { changeTrip } from '../scripts/trips.js';
import type { Trips } from '../trips.js';
import { type ErasedKind, type ErasedUser, isPseudonym, type Subject, type UserData } from './user-data.js';

/** Steps of a place that remains in the trip of a driver whose rider was erased, per degree: about a kilometre. */
const ROUGH_PER_DEGREE = 100;
const MAX_ATTEMPTS = 20;

/**
 * Trips. Those that nobody else took part in are deleted; the others belong to the partner, too, and keep a pseudonym. Comes after
 * all kinds that find their data through trips.
 */
export class TripsData implements UserData {
  readonly kind = 'trips';

  constructor(
    private readonly redis: RedisClient,
    private readonly trips: Pick<Trips, 'find' | 'forget'>,
  ) {}

  async erase(user: ErasedUser): Promise<ErasedKind> {
    let [deleted, rewritten] = [0, 0];
    for (const id of user.tripIds) {
      const result = await this.#erase(id, user);
      if (result === 'deleted') deleted += 1;
      if (result === 'rewritten') rewritten += 1;
    }
    const held = [keys.openTrip(user.userId), keys.riderTrip(user.userId)];
    await Promise.all([...held, keys.tripsOf(user.userId)].map((key) => this.redis.del(key)));
    const why = 'trips of the partner, with the pseudonym in place of the id and rough places';
    return {
      erased: deleted + rewritten,
      ...(rewritten > 0 && { remains: { count: rewritten, why } }),
    };
  }

  async *items({ userId, tripIds }: Subject): AsyncGenerator<unknown> {
    for (const id of tripIds) {
      const trip = await this.trips.find(id);
      if (trip === null) continue;
      if (trip.riderId === userId) yield viewOf(trip, { role: 'rider', userId });
      else if (trip.driverId === userId) yield viewOf(trip, { role: 'driver', userId });
      else yield { id, offers: (trip.offers ?? []).filter(({ driverId }) => driverId === userId) };
    }
  }

  async #erase(id: string, user: ErasedUser): Promise<'deleted' | 'rewritten' | 'gone'> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const trip = await this.trips.find(id);
      if (trip === null) return 'gone';
      if (isOpen(trip.state)) throw new Error(`trip ${id} is open`);
      const after = withoutUser(trip, user);
      if (after === null) {
        await this.trips.forget(trip);
        await this.redis.zrem(keys.endedTrips, id);
        await this.redis.del(keys.trip(id));
        return 'deleted';
      }
      // Keys of requests are hashes of user and key, which a guess of both would confirm.
      const fields = (await this.redis.hkeys(keys.trip(id))).filter((field) => field.startsWith('once:'));
      if (fields.length > 0) await this.redis.hdel(keys.trip(id), ...fields);
      if (await this.#store(trip, after)) return 'rewritten';
    }
    throw new Error(`trip ${id} keeps changing`);
  }

  /** Stores a trip without a longer life. @returns false if it has changed since it was read */
  async #store(before: TripRecord, { eta: _, ...after }: TripRecord): Promise<boolean> {
    const ttlS = Math.max(1, await this.redis.ttl(keys.trip(before.id)));
    const { id: tripId, version: expectedVersion } = before;
    const json = JSON.stringify(after);
    const { version } = after;
    return changeTrip(this.redis, {
      tripId,
      expectedVersion,
      version,
      json,
      ttlS,
      deletesEstimate: true,
      once: null,
    });
  }
}

/** Returns a trip without a user; null if it then belongs to nobody. Pure. */
export function withoutUser(trip: TripRecord, { userId, pseudonym }: ErasedUser): TripRecord | null {
  const { riderId, driverId } = trip;
  const isRider = riderId === userId;
  const isDriver = driverId === userId;
  if (isRider && (driverId === null || isPseudonym(driverId))) return null;
  if (isDriver && isPseudonym(riderId)) return null;
  const named = (id: string) => (id === userId ? pseudonym : id);
  const renamed = <T extends { driverId: string }>(list: T[]): T[] =>
    list.map((item) => ({ ...item, driverId: named(item.driverId) }));
  const { driver, pin, offers, passed, ...rest } = trip;
  return {
    ...rest,
    version: trip.version + 1,
    riderId: named(riderId),
    driverId: driverId === null ? null : named(driverId),
    pickup: isRider ? rough(trip.pickup) : trip.pickup,
    dropoff: isRider ? rough(trip.dropoff) : trip.dropoff,
    asked: trip.asked.map(named),
    offer: null,
    eta: null,
    ...(offers !== undefined && { offers: renamed(offers) }),
    ...(passed !== undefined && { passed: renamed(passed) }),
    ...(driver !== undefined && !isDriver && { driver }),
    ...(pin !== undefined && !isRider && { pin }),
  };
}

const rough = ({ lat, lng }: TripRecord['pickup']): TripRecord['pickup'] => ({
  lat: Math.round(lat * ROUGH_PER_DEGREE) / ROUGH_PER_DEGREE,
  lng: Math.round(lng * ROUGH_PER_DEGREE) / ROUGH_PER_DEGREE,
});

import { createHash, randomUUID } from 'node:crypto';
import { type Eta, isOpen, ProtocolError } from '#protocol';
import type { TripRecord } from '#trips';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

/** How long a trip is kept after its last change, with all that belongs to it. */
export const TRIP_TTL_S = 7 * 24 * 3_600;
/** Whoever created a trip or took it to look after it has finished by then, or is dead. */
const TAKEN_MS = 5_000;
const OPEN_AT_ONCE = 1_000;
const BREAK_AFTER = 'break';

/** A request that may come twice: the key under which it is known, and what it asks for. */
export type Once = { field: string; print: string };

/** Trips: each in a hash of its own, changed by compare-and-set; and which of them are open. */
export class Trips {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
  }

  /**
   * Opens a trip; the same one again is answered as it is now.
   * @throws {ProtocolError} RIDER_ON_TRIP, DRIVER_ON_TRIP; IDEMPOTENCY_KEY_REUSED when another trip has its id
   */
  async create(trip: TripRecord, now: number): Promise<TripRecord> {
    // In the list first: a trip that is not in it would never be looked after.
    await this.schedule(trip.id, now + TAKEN_MS, 'NX');
    const isNew = await this.#save(0, trip, null);
    // And again: with clocks that differ, another gateway may have looked already, and found no trip.
    await this.schedule(trip.id, now + TAKEN_MS, 'NX');
    const current = isNew ? trip : await this.get(trip.id);
    if (!isNew && !isSameRequest(trip, current)) throw new ProtocolError('IDEMPOTENCY_KEY_REUSED');
    if (!isOpen(current.state)) return current;
    try {
      if (trip.driverId !== null && !(await this.holdDriver(trip.driverId, trip.id)))
        throw new ProtocolError('DRIVER_ON_TRIP');
      if (!(await this.holdRider(trip.riderId, trip.id))) throw new ProtocolError('RIDER_ON_TRIP');
    } catch (error) {
      if (isNew) await this.#discard(trip).catch(() => {});
      throw error;
    }
    return current;
  }

  /** For a trip that nobody was told of. */
  async #discard(trip: TripRecord): Promise<void> {
    await this.#redis.del(keys.trip(trip.id));
    await this.forget(trip);
  }

  /** @throws {ProtocolError} NO_SUCH_TRIP */
  async get(id: string): Promise<TripRecord> {
    return (await this.#read(id)).trip;
  }

  /**
   * Changes a trip as `decide` says, which is asked again when another change came in between.
   * @param once a change that may come twice is made once
   * @returns the trip before and after, the same object when nothing changed; and whether it was made before
   * @throws {ProtocolError} NO_SUCH_TRIP, IDEMPOTENCY_KEY_REUSED, and what `decide` throws
   */
  async change(
    id: string,
    decide: (trip: TripRecord) => TripRecord,
    once: Once | null = null,
  ): Promise<{ before: TripRecord; after: TripRecord; isRepeated: boolean }> {
    for (;;) {
      const { trip: before, hash } = await this.#read(id);
      const print = once === null ? undefined : hash[once.field];
      if (print !== undefined && print !== once?.print) throw new ProtocolError('IDEMPOTENCY_KEY_REUSED');
      const isRepeated = print !== undefined;
      const after = isRepeated ? before : decide(before);
      if (after === before || (await this.#save(before.version, after, once)))
        return { before, after, isRepeated };
    }
  }

  /** @returns false when the trip has changed since */
  async estimate({ id, version }: TripRecord, eta: Eta): Promise<boolean> {
    return (await this.#scripts.estimateTrip(keys.trip(id), version, JSON.stringify(eta))) === 1;
  }

  /** The open trip that a driver has accepted. */
  async openOf(driverId: string): Promise<TripRecord | null> {
    const trip = await this.heldByDriver(driverId);
    return trip?.driverId === driverId ? trip : null;
  }

  /** The open trip that a driver has accepted or is asked to take. */
  heldByDriver(driverId: string): Promise<TripRecord | null> {
    return this.#heldBy(keys.openTrip(driverId), driverId);
  }

  /** The trip to which a driver is held, which may be over: until everybody was told of its end. */
  heldFor(driverId: string): Promise<string | null> {
    return this.#redis.get(keys.openTrip(driverId));
  }

  heldByRider(riderId: string): Promise<TripRecord | null> {
    return this.#heldBy(keys.riderTrip(riderId), riderId);
  }

  /** Whether the driver of a trip is to take a break after it. */
  async hasBreakAfter(id: string): Promise<boolean> {
    return (await this.#redis.hexists(keys.trip(id), BREAK_AFTER)) === 1;
  }

  async setBreakAfter(id: string, wanted: boolean): Promise<void> {
    await (wanted
      ? this.#redis.hset(keys.trip(id), BREAK_AFTER, 1)
      : this.#redis.hdel(keys.trip(id), BREAK_AFTER));
  }

  /** A driver has one open trip or offer at a time. @returns false when it has another */
  holdDriver(driverId: string, tripId: string): Promise<boolean> {
    return this.#hold(keys.openTrip(driverId), driverId, tripId);
  }

  holdRider(riderId: string, tripId: string): Promise<boolean> {
    return this.#hold(keys.riderTrip(riderId), riderId, tripId);
  }

  async releaseDriver(driverId: string, tripId: string): Promise<void> {
    await this.#scripts.release(keys.openTrip(driverId), tripId);
  }

  /** Those that nobody has looked after since they were due; nobody else gets them for five seconds. */
  async takeDue(now: number, atMost: number): Promise<string[]> {
    return (await this.#scripts.claimTrips(keys.trips, now, now + TAKEN_MS, atMost)) as string[];
  }

  /** Says when an open trip is to be looked after next. @param mode XX: only if it still is in the list */
  async schedule(id: string, at: number, mode: 'NX' | 'XX' = 'XX'): Promise<void> {
    await (mode === 'NX'
      ? this.#redis.zadd(keys.trips, 'NX', at, id)
      : this.#redis.zadd(keys.trips, 'XX', at, id));
  }

  /** A trip that is over, of which everybody was told; or one that never was. */
  async forget({ id, riderId, driverId }: Pick<TripRecord, 'id' | 'riderId' | 'driverId'>): Promise<void> {
    if (driverId !== null) await this.releaseDriver(driverId, id);
    await this.#scripts.release(keys.riderTrip(riderId), id);
    await this.forgetId(id);
  }

  /** Takes an id off the list of open trips. */
  async forgetId(id: string): Promise<void> {
    await this.#redis.zrem(keys.trips, id);
  }

  /** Open trips, a thousand at most. */
  async open(): Promise<TripRecord[]> {
    const ids = await this.#redis.zrange(keys.trips, 0, String(OPEN_AT_ONCE - 1));
    const trips = await Promise.all(ids.map((id) => this.find(id)));
    return trips.filter((trip) => trip !== null && isOpen(trip.state)) as TripRecord[];
  }

  async find(id: string): Promise<TripRecord | null> {
    return parseTrip(await this.#redis.hgetall(keys.trip(id)));
  }

  async #read(id: string): Promise<{ trip: TripRecord; hash: Record<string, string> }> {
    const hash = await this.#redis.hgetall(keys.trip(id));
    const trip = parseTrip(hash);
    if (trip === null) throw new ProtocolError('NO_SUCH_TRIP');
    return { trip, hash };
  }

  async #save(expected: number, trip: TripRecord, once: Once | null): Promise<boolean> {
    const { eta, ...rest } = trip;
    // Before the change: when this fails, nothing was changed.
    if (expected > 0 && trip.driverId !== null) await this.#keepChat(trip.id);
    const isOutdated = eta === null ? '1' : '0';
    const more = once === null ? [] : [once.field, once.print];
    const fields: Array<string | number> = [
      expected,
      trip.version,
      JSON.stringify(rest),
      TRIP_TTL_S,
      isOutdated,
      ...more,
    ];
    return (await this.#scripts.changeTrip(keys.trip(trip.id), ...fields)) === 1;
  }

  /** A chat ends with its trip, though the trip may change long after the last message. */
  async #keepChat(id: string): Promise<void> {
    await Promise.all(keys.chat(id).map((key) => this.#redis.expire(key, TRIP_TTL_S)));
  }

  async #hold(key: string, userId: string, tripId: string): Promise<boolean> {
    for (;;) {
      if ((await this.#redis.set(key, tripId, 'EX', TRIP_TTL_S, 'NX')) !== null) return true;
      const holder = await this.#redis.get(key);
      if (holder === tripId) return true;
      if (holder === null) continue;
      if ((await this.#heldBy(key, userId)) !== null) return false;
      // A crash at the end of a trip leaves a pointer to one that is over.
      await this.#scripts.release(key, holder);
    }
  }

  async #heldBy(key: string, userId: string): Promise<TripRecord | null> {
    const id = await this.#redis.get(key);
    const trip = id === null ? null : await this.find(id);
    if (trip === null || !isOpen(trip.state)) return null;
    return [trip.riderId, trip.driverId, trip.offer?.driverId].includes(userId) ? trip : null;
  }
}

/** The id of a new trip: with a key, the same for each repetition by the same user. */
export function newTripId(userId: string, idempotencyKey?: string): string {
  if (idempotencyKey === undefined) return randomUUID();
  const hash = digest(`${userId}\0${idempotencyKey}`);
  return [8, 12, 16, 20, 32].map((end, i, ends) => hash.slice(ends[i - 1] ?? 0, end)).join('-');
}

/** @param wanted what is asked for, the same for each repetition */
export const once = (userId: string, idempotencyKey: string, wanted: object): Once => ({
  field: `once:${digest(`${userId}\0${idempotencyKey}`).slice(0, 32)}`,
  print: digest(JSON.stringify(wanted)).slice(0, 16),
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function parseTrip({ trip, eta }: Record<string, string>): TripRecord | null {
  if (trip === undefined) return null;
  return {
    ...(JSON.parse(trip) as Omit<TripRecord, 'eta'>),
    eta: eta === undefined ? null : JSON.parse(eta),
  };
}

const isSameRequest = (a: TripRecord, b: TripRecord): boolean =>
  a.riderId === b.riderId &&
  JSON.stringify([a.pickup, a.dropoff]) === JSON.stringify([b.pickup, b.dropoff]) &&
  (a.driverId === null || a.driverId === b.driverId);

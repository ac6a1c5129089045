import { createHash, randomUUID } from 'node:crypto';
import { type Eta, isOpen, ProtocolError } from '#protocol';
import type { TripRecord } from '#trips';
import { clock } from './clock.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { deleteIfValue } from './scripts/common.js';
import { changeTrip, estimateTrip, takeDueTrips } from './scripts/trips.js';
import { UserTrips } from './user-trips.js';

/** Lifetime of a trip, and of all that belongs to it, after its last change, unless it is configured. */
export const TRIP_TTL_S = 7 * 24 * 3_600;
/** Time for which a gateway that created or took a trip keeps it to itself. After that it has finished or died. */
const TAKEN_MS = 5_000;
/**
 * Time after the last change of a trip in which its driver is not reserved for another one, unless the gateway that changed it has
 * released the driver: otherwise the next offer could reach the driver before the end of the trip.
 */
const ANNOUNCED_MS = 2_000;
const MAX_OPEN = 1_000;
const READ_AT_ONCE = 500;
/** Maximum number of ended trips that are kept in order, and that one search looks at. */
const MAX_ENDED = 100_000;
const MAX_LOOKED_AT = 5_000;
const BREAK_AFTER = 'break';

/** A request that clients may repeat: the field of its idempotency key, and a fingerprint of its content. */
export type Once = { field: string; print: string };

/** Trips, each in its own hash and changed by compare-and-set, and the list of open trips. */
export class Trips {
  /** lists of the trips that name a user */
  readonly ofUsers: UserTrips;

  constructor(
    private readonly redis: RedisClient,
    /** lifetime of a trip after its last change, s */
    private readonly ttlS = TRIP_TTL_S,
    /** lifetime of its chat after its last change, s */
    private readonly chatTtlS = ttlS,
  ) {
    this.ofUsers = new UserTrips(redis, ttlS);
  }

  /**
   * Opens a trip. A repeated request gets the trip in its current state.
   * @throws {ProtocolError} RIDER_ON_TRIP, DRIVER_ON_TRIP; IDEMPOTENCY_KEY_REUSED if another trip has its id
   */
  async create(trip: TripRecord, now: number): Promise<TripRecord> {
    // List first: a trip that is not in it would never be processed.
    await this.schedule(trip.id, now + TAKEN_MS, 'NX');
    const isNew = await this.#save(null, trip, null);
    // Again, because a gateway whose clock is ahead may have taken it in between, found no trip and removed it.
    await this.schedule(trip.id, now + TAKEN_MS, 'NX');
    const current = isNew ? trip : await this.get(trip.id);
    if (!isNew && !isSameRequest(trip, current)) throw new ProtocolError('IDEMPOTENCY_KEY_REUSED');
    if (!isOpen(current.state)) return current;
    try {
      const { id, driverId, riderId } = trip;
      if (driverId !== null && !(await this.#hold(keys.openTrip(driverId), driverId, id)))
        throw new ProtocolError('DRIVER_ON_TRIP');
      if (!(await this.#hold(keys.riderTrip(riderId), riderId, id))) throw new ProtocolError('RIDER_ON_TRIP');
      // Its end may have come before it was held, and released nothing.
      if (!isOpen((await this.get(id)).state)) await this.forget(trip);
    } catch (error) {
      if (isNew) await this.#discard(trip).catch(() => {});
      throw error;
    }
    return current;
  }

  /** Deletes a trip that nobody was notified of. */
  async #discard(trip: TripRecord): Promise<void> {
    await this.redis.del(keys.trip(trip.id));
    await this.forget(trip);
  }

  /** Reads a trip. @throws {ProtocolError} NO_SUCH_TRIP */
  async get(id: string): Promise<TripRecord> {
    return (await this.#read(id)).trip;
  }

  /**
   * Changes a trip to the result of `decide`, which is called again if the trip was changed concurrently.
   * @param once for a change that may be requested twice but is made once
   * @returns the trip before and after, the same object if nothing changed; `isRepeated` if it was changed earlier
   * @throws {ProtocolError} NO_SUCH_TRIP, IDEMPOTENCY_KEY_REUSED, and whatever `decide` throws
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
      if (after === before || (await this.#save(before, after, once))) return { before, after, isRepeated };
    }
  }

  /** Stores the estimate of a trip. @returns false if the trip has changed since it was read */
  estimate({ id, version }: TripRecord, eta: Eta): Promise<boolean> {
    return estimateTrip(this.redis, { tripId: id, version, json: JSON.stringify(eta) });
  }

  /** The open trip that a driver has accepted. */
  async openOf(driverId: string): Promise<TripRecord | null> {
    const trip = await this.heldByDriver(driverId);
    return trip?.driverId === driverId ? trip : null;
  }

  /** The open trip that a driver has accepted or is offered. */
  heldByDriver(driverId: string): Promise<TripRecord | null> {
    return this.#heldBy(keys.openTrip(driverId), driverId);
  }

  /** Whether {@link holdDriver} would reserve a driver for a trip now. */
  async isFree(driverId: string): Promise<boolean> {
    const holder = await this.heldFor(driverId);
    return holder === null || !(await this.#isKept(holder, driverId, ANNOUNCED_MS));
  }

  /** Id of the trip that a driver is reserved for. It may be over: it is released once its end was published. */
  heldFor(driverId: string): Promise<string | null> {
    return this.redis.get(keys.openTrip(driverId));
  }

  /** The open trip of a rider. */
  heldByRider(riderId: string): Promise<TripRecord | null> {
    return this.#heldBy(keys.riderTrip(riderId), riderId);
  }

  /** Whether the driver takes a break after the trip. */
  async hasBreakAfter(id: string): Promise<boolean> {
    return (await this.redis.hexists(keys.trip(id), BREAK_AFTER)) === 1;
  }

  async setBreakAfter(id: string, wanted: boolean): Promise<void> {
    await (wanted
      ? this.redis.hset(keys.trip(id), BREAK_AFTER, 1)
      : this.redis.hdel(keys.trip(id), BREAK_AFTER));
  }

  /** Reserves a driver for a stored trip or its offer. @returns false if it has another open trip or offer, or this one has ended */
  holdDriver(driverId: string, tripId: string): Promise<boolean> {
    return this.#holdWhileOpen(keys.openTrip(driverId), driverId, tripId, ANNOUNCED_MS);
  }

  /** Reserves a rider for a stored trip. @returns false if the rider has another open trip, or this one has ended */
  holdRider(riderId: string, tripId: string): Promise<boolean> {
    return this.#holdWhileOpen(keys.riderTrip(riderId), riderId, tripId);
  }

  /** Releases a driver, if it is reserved for this trip. */
  async releaseDriver(driverId: string, tripId: string): Promise<void> {
    await deleteIfValue(this.redis, { key: keys.openTrip(driverId), value: tripId });
  }

  /** Takes open trips that are due. No other gateway gets them for five seconds. @returns their ids */
  takeDue(now: number, limit: number): Promise<string[]> {
    return takeDueTrips(this.redis, { now, until: now + TAKEN_MS, limit });
  }

  /** Sets the time when an open trip is due next. @param mode XX: only if it is in the list; NX: only if it is not */
  async schedule(id: string, at: number, mode: 'NX' | 'XX' = 'XX'): Promise<void> {
    await (mode === 'NX'
      ? this.redis.zadd(keys.trips, 'NX', at, id)
      : this.redis.zadd(keys.trips, 'XX', at, id));
  }

  /** Releases driver and rider of a trip that is over or was never opened, and takes it off the list of open trips. */
  async forget({ id, riderId, driverId }: Pick<TripRecord, 'id' | 'riderId' | 'driverId'>): Promise<void> {
    if (driverId !== null) await this.releaseDriver(driverId, id);
    await deleteIfValue(this.redis, { key: keys.riderTrip(riderId), value: id });
    await this.forgetId(id);
  }

  /** Adds a trip that is over to those that dispatch looks through. Repeating it changes nothing. */
  async archive({ id, changedAt }: Pick<TripRecord, 'id' | 'changedAt'>, now: number): Promise<void> {
    await this.redis.zadd(keys.endedTrips, changedAt, id);
    await this.redis.zremrangebyscore(keys.endedTrips, '-inf', now - this.ttlS * 1_000);
    await this.redis.zremrangebyrank(keys.endedTrips, 0, -MAX_ENDED - 1);
  }

  /**
   * Reads trips that have ended, the last one first: until it has found `limit`, or has looked at {@link MAX_LOOKED_AT}.
   * @param before epoch ms; only trips that ended earlier
   * @param isWanted which trips are returned
   * @returns also where the next page begins, null at the end
   */
  async ended(
    { from, before }: { from: number; before: number },
    limit: number,
    isWanted: (trip: TripRecord) => boolean,
  ): Promise<{ trips: TripRecord[]; next: number | null }> {
    const trips: TripRecord[] = [];
    let at = before;
    for (let looked = 0; looked < MAX_LOOKED_AT; looked += READ_AT_ONCE) {
      const flat = await this.redis.zrevrangebyscore(
        keys.endedTrips,
        `(${at}`,
        from,
        'WITHSCORES',
        'LIMIT',
        0,
        READ_AT_ONCE,
      );
      const ids = flat.filter((_, i) => i % 2 === 0);
      for (const [i, trip] of (await Promise.all(ids.map((id) => this.find(id)))).entries()) {
        const endedAt = Number(flat[2 * i + 1]);
        // The next page begins after this time, so trips that ended at the same one belong to this page.
        if (trips.length >= limit && endedAt !== at) return { trips, next: at };
        at = endedAt;
        if (trip !== null && isWanted(trip)) trips.push(trip);
      }
      if (ids.length < READ_AT_ONCE) return { trips, next: null };
    }
    return { trips, next: at };
  }

  /** Takes an id off the list of open trips. */
  async forgetId(id: string): Promise<void> {
    await this.redis.zrem(keys.trips, id);
  }

  /** Open trips, at most 1,000. */
  async open(): Promise<TripRecord[]> {
    const ids = await this.redis.zrange(keys.trips, 0, String(MAX_OPEN - 1));
    const trips = await Promise.all(ids.map((id) => this.find(id)));
    return trips.filter((trip) => trip !== null && isOpen(trip.state)) as TripRecord[];
  }

  /** Every open trip, however many there are. */
  async everyOpen(): Promise<TripRecord[]> {
    const ids = await this.redis.zrange(keys.trips, '0', '-1');
    const found: TripRecord[] = [];
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
      const trips = await Promise.all(ids.slice(from, from + READ_AT_ONCE).map((id) => this.find(id)));
      for (const trip of trips) if (trip !== null && isOpen(trip.state)) found.push(trip);
    }
    return found;
  }

  /** Reads a trip; null if there is none. */
  async find(id: string): Promise<TripRecord | null> {
    return parseTrip(await this.redis.hgetall(keys.trip(id)));
  }

  async #read(id: string): Promise<{ trip: TripRecord; hash: Record<string, string> }> {
    const hash = await this.redis.hgetall(keys.trip(id));
    const trip = parseTrip(hash);
    if (trip === null) throw new ProtocolError('NO_SUCH_TRIP');
    return { trip, hash };
  }

  async #save(before: TripRecord | null, trip: TripRecord, once: Once | null): Promise<boolean> {
    const { eta, ...rest } = trip;
    const expected = before?.version ?? 0;
    // Before the change, so that nothing has changed if this fails.
    if (expected > 0 && trip.driverId !== null) await this.#keepChat(trip.id);
    await this.ofUsers.add(trip, before, clock.now());
    return changeTrip(this.redis, {
      tripId: trip.id,
      expectedVersion: expected,
      version: trip.version,
      json: JSON.stringify(rest),
      ttlS: this.ttlS,
      deletesEstimate: eta === null,
      once,
    });
  }

  /** Extends the lifetime of a chat to that of its trip, which may change long after the last message. */
  async #keepChat(id: string): Promise<void> {
    await Promise.all(keys.chat(id).map((key) => this.redis.expire(key, this.chatTtlS)));
  }

  /** @param settleMs time for which a trip that the user has left still counts, unless it was released */
  async #hold(key: string, userId: string, tripId: string, settleMs = 0): Promise<boolean> {
    for (;;) {
      if ((await this.redis.set(key, tripId, 'EX', this.ttlS, 'NX')) !== null) return true;
      const holder = await this.redis.get(key);
      if (holder === tripId) return true;
      if (holder === null) continue;
      if (await this.#isKept(holder, userId, settleMs)) return false;
      // A crash at the end of a trip can leave a pointer to a trip that is over.
      await deleteIfValue(this.redis, { key, value: holder });
    }
  }

  async #isKept(tripId: string, userId: string, settleMs: number): Promise<boolean> {
    const trip = await this.find(tripId);
    return trip !== null && (isOf(trip, userId) || clock.now() < trip.changedAt + settleMs);
  }

  async #holdWhileOpen(key: string, userId: string, tripId: string, settleMs = 0): Promise<boolean> {
    while (await this.#hold(key, userId, tripId, settleMs)) {
      if (await this.#concerns(tripId, userId)) return true;
      // Whoever ended the trip or the offer found nothing to release.
      await deleteIfValue(this.redis, { key, value: tripId });
      // Another gateway may have made the same offer again, and relied on the reservation.
      if (!(await this.#concerns(tripId, userId))) return false;
    }
    return false;
  }

  async #heldBy(key: string, userId: string): Promise<TripRecord | null> {
    const id = await this.redis.get(key);
    const trip = id === null ? null : await this.find(id);
    return trip !== null && isOf(trip, userId) ? trip : null;
  }

  async #concerns(tripId: string, userId: string): Promise<boolean> {
    const trip = await this.find(tripId);
    return trip !== null && isOf(trip, userId);
  }
}

/** Generates the id of a trip. With an idempotency key, a repeated request of the same user gets the same id. */
export function newTripId(userId: string, idempotencyKey?: string): string {
  if (idempotencyKey === undefined) return randomUUID();
  const hash = digest(`${userId}\0${idempotencyKey}`);
  return [8, 12, 16, 20, 32].map((end, i, ends) => hash.slice(ends[i - 1] ?? 0, end)).join('-');
}

/** Identifies a request by its idempotency key. @param content of the request, equal in each repetition */
export const once = (userId: string, idempotencyKey: string, content: object): Once => ({
  field: `once:${digest(`${userId}\0${idempotencyKey}`).slice(0, 32)}`,
  print: digest(JSON.stringify(content)).slice(0, 16),
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function etaOf(json: string): Eta {
  const eta = JSON.parse(json) as Omit<Eta, 'by'> & { by: Eta['by'] | 'detour' };
  // The name in version 0.1.
  return { ...eta, by: eta.by === 'detour' ? 'straight_line' : eta.by };
}

function parseTrip({ trip, eta }: Record<string, string>): TripRecord | null {
  if (trip === undefined) return null;
  return {
    // Missing in trips of version 0.2 and before.
    surgeFactor: 1,
    ...(JSON.parse(trip) as Omit<TripRecord, 'eta' | 'surgeFactor'>),
    eta: eta === undefined ? null : etaOf(eta),
  };
}

/** Whether a trip is open and its rider, its driver or the driver who is offered it is this user. */
const isOf = ({ state, riderId, driverId, offer }: TripRecord, userId: string): boolean =>
  isOpen(state) && [riderId, driverId, offer?.driverId].includes(userId);

const isSameRequest = (a: TripRecord, b: TripRecord): boolean =>
  a.riderId === b.riderId &&
  JSON.stringify([a.pickup, a.dropoff]) === JSON.stringify([b.pickup, b.dropoff]) &&
  (a.driverId === null || a.driverId === b.driverId);

import { driverRoom } from '#protocol';
import type { Hub, Room } from '#realtime';
import { clock, type FollowLog, isCluster, type RedisClient } from '#store';

export const FOLLOWED_IN = ['/rider', '/dispatch'] as const;
/** Safety net: interval after which every driver is queried again. */
const RESET_MS = 30_000;
/** A subscription that was cut comes back without a log entry, so a followed driver is queried for this much longer. */
const KEEP_QUERYING_MS = 600_000;

type Driver = { driverId: string };
/** The followers of a driver in one namespace. */
export type FollowerRoom = Room<(typeof FOLLOWED_IN)[number]>;
type RoomOf<T> = FollowerRoom & { driver: T };

/**
 * Finds the drivers that somebody follows. A driver without followers is not queried again until the follow log names it:
 * querying every driver of every batch would be one of the most expensive things a processor does.
 */
export class FollowedDrivers {
  readonly #unfollowed = new Set<string>();
  /** end of the time in which a driver is queried whatever the last result was; epoch ms */
  readonly #queriedUntil = new Map<string, number>();
  #resetAt = 0;
  /** queries that have not ended */
  #open = 0;
  #previous: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly hub: Hub,
    private readonly log: FollowLog,
    /** connection of the fleet index and of the log */
    private readonly redis: RedisClient,
  ) {}

  /**
   * Returns the occupied rooms of drivers whose writes have been sent and not been answered yet, so that both take one round
   * trip. One connection executes its commands in order: the query comes after the writes, and whoever follows a driver after
   * the query reads a snapshot that contains the change. The result is void if a write was sent again.
   * @returns null where there is no such order, as between the nodes of a cluster, and while another query is open, because
   * queries that follow one another slower than batches would pile up
   */
  roomsBehindWrites<T extends Driver>(drivers: T[]): Promise<Array<RoomOf<T>>> | null {
    return this.#open > 0 || isCluster(this.redis) ? null : this.roomsOf(drivers);
  }

  /**
   * Returns the occupied rooms of these drivers. Called after a change is stored, it never misses a follower whose snapshot
   * does not contain that change.
   */
  roomsOf<T extends Driver>(drivers: T[]): Promise<Array<RoomOf<T>>> {
    // One at a time: a result from before a log entry must not be stored after that entry.
    this.#open += 1;
    const rooms = this.#previous.then(() => this.#query(drivers));
    this.#previous = rooms
      .catch(() => this.#unfollowed.clear())
      .then(() => {
        this.#open -= 1;
      });
    return rooms;
  }

  async #query<T extends Driver>(drivers: T[]): Promise<Array<RoomOf<T>>> {
    if (drivers.length === 0) return [];
    const candidates = drivers.filter(({ driverId }) => !this.#unfollowed.has(driverId));
    // In one round trip; only drivers that the log adds need a second one.
    const [{ driverIds, complete }, found] = await Promise.all([this.log.read(), this.#occupied(candidates)]);
    const now = clock.now();
    const ofLog = new Set(driverIds);
    const isCandidate = new Set(candidates.map(({ driverId }) => driverId));
    if (!complete || now >= this.#resetAt) this.#reset(now);
    for (const driverId of driverIds) this.#unfollowed.delete(driverId);
    const added = drivers.filter(
      ({ driverId }) => !isCandidate.has(driverId) && !this.#unfollowed.has(driverId),
    );
    const occupied = [...found, ...(await this.#occupied(added))];
    const followed = new Set(occupied.map(({ driver }) => driver.driverId));
    for (const driverId of followed) this.#queriedUntil.set(driverId, now + KEEP_QUERYING_MS);
    // A candidate that the log names, or may have named, can have got its follower after it was queried.
    const unfollowed = complete
      ? [...added, ...candidates.filter(({ driverId }) => !ofLog.has(driverId))]
      : added;
    for (const { driverId } of unfollowed)
      if (now >= (this.#queriedUntil.get(driverId) ?? 0)) this.#unfollowed.add(driverId);
    return occupied;
  }

  /** Asks on the connection of the writes if it is only one, see {@link roomsBehindWrites}. */
  #occupied<T extends Driver>(drivers: T[]): Promise<Array<RoomOf<T>>> {
    return this.hub.occupied(roomsOf(drivers), isCluster(this.redis) ? undefined : this.redis);
  }

  #reset(now: number): void {
    this.#unfollowed.clear();
    this.#resetAt = now + RESET_MS;
    for (const [driverId, until] of this.#queriedUntil) if (until <= now) this.#queriedUntil.delete(driverId);
  }
}

const roomsOf = <T extends Driver>(drivers: T[]): Array<RoomOf<T>> =>
  drivers.flatMap((driver) => {
    const room = driverRoom(driver.driverId);
    return FOLLOWED_IN.map((namespace) => ({ namespace, room, driver }));
  });

import { driverRoom } from '#protocol';
import type { Hub, Room } from '#realtime';
import type { FollowLog } from '#store';

export const FOLLOWED_IN = ['/rider', '/dispatch'] as const;
/** For what nobody thought of: all are asked for again after so long. */
const FORGET_MS = 30_000;
/** A subscription that was cut comes back without an entry in the log: who was followed is asked for that much longer. */
const STILL_ASKED_MS = 600_000;

type Driver = { driverId: string };
type RoomOf<T> = Room<(typeof FOLLOWED_IN)[number]> & { driver: T };

/**
 * Which drivers somebody follows. Whom nobody followed when it was asked is not asked for again until the log of
 * followers names them: asking for every driver of every batch is among the dearest things a processor
 * could do.
 */
export class FollowedDrivers {
  readonly #unfollowed = new Set<string>();
  /** until when to ask, whatever the answer was; epoch ms */
  readonly #askedUntil = new Map<string, number>();
  #forgetAt = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly hub: Hub,
    private readonly log: FollowLog,
  ) {}

  /**
   * The occupied rooms of these drivers. Asked after a change was stored, it never misses a follower that has not seen
   * the change in its snapshot.
   */
  roomsOf<T extends Driver>(drivers: T[]): Promise<Array<RoomOf<T>>> {
    // In turn: an answer of before a log entry must not be kept after it.
    const rooms = this.#turn.then(() => this.#ask(drivers));
    this.#turn = rooms.catch(() => this.#unfollowed.clear());
    return rooms;
  }

  async #ask<T extends Driver>(drivers: T[]): Promise<Array<RoomOf<T>>> {
    if (drivers.length === 0) return [];
    const { driverIds, complete } = await this.log.read();
    const now = Date.now();
    if (!complete || now >= this.#forgetAt) this.#forget(now);
    for (const driverId of driverIds) this.#unfollowed.delete(driverId);
    const asked = drivers.filter(({ driverId }) => !this.#unfollowed.has(driverId));
    const rooms = asked.flatMap((driver) => {
      const room = driverRoom(driver.driverId);
      return FOLLOWED_IN.map((namespace) => ({ namespace, room, driver }));
    });
    const occupied = await this.hub.occupied(rooms);
    const followed = new Set(occupied.map(({ driver }) => driver.driverId));
    for (const driverId of followed) this.#askedUntil.set(driverId, now + STILL_ASKED_MS);
    for (const { driverId } of asked) if (!this.#isAsked(driverId, now)) this.#unfollowed.add(driverId);
    return occupied;
  }

  #isAsked(driverId: string, now: number): boolean {
    return now < (this.#askedUntil.get(driverId) ?? 0);
  }

  #forget(now: number): void {
    this.#unfollowed.clear();
    this.#forgetAt = now + FORGET_MS;
    for (const [driverId, until] of this.#askedUntil) if (until <= now) this.#askedUntil.delete(driverId);
  }
}

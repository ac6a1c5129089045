import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DriverGone, DriverPosition } from '#protocol';
import { Hub } from '#realtime';
import type { DriverRecord } from '#store';
import { clock } from '#store';
import type { Accepted, Outcome } from '../pipeline/fold.js';
import { SamplingController } from '../sampling/sampling-controller.js';
import { FollowedDrivers, type FollowerRoom } from './followed-drivers.js';
import { KnownRooms } from './known-rooms.js';

/** A position older than this may be followed at once by newer ones: after a tunnel, or while processors catch up. */
const BEHIND_MS = 2_000;
/** Time that such a position waits for a newer one. */
const CONFLATION_MS = 500;

/**
 * Pushes each accepted fix to the followers of its driver, at once; nothing is published to rooms without members. They
 * never see a car replay its past: positions that are more than two seconds old are conflated, so that only the newest of
 * each driver is sent, twice a second at most.
 */
@Injectable()
export class DriverBroadcaster implements OnApplicationShutdown {
  /** positions that wait for a newer one, by the namespace and the driver */
  readonly #waiting = new Map<string, () => void>();
  #flushing: NodeJS.Timeout | null = null;
  /** batches that wait until the followers of an earlier one are known */
  readonly #batches: Batch[] = [];
  #isSending = false;
  readonly #known = new KnownRooms();

  constructor(
    private readonly hub: Hub,
    private readonly followedDrivers: FollowedDrivers,
    private readonly sampling: SamplingController,
  ) {}

  onApplicationShutdown(): void {
    this.flush();
  }

  /**
   * Finds the followers of outcomes whose writes have just been sent, see {@link FollowedDrivers.roomsBehindWrites}, for
   * {@link moved}. @returns null if it has to find them itself, when the outcomes are stored
   */
  findFollowers(outcomes: Outcome[]): FollowerRooms | null {
    // Those of batches that wait are found together.
    if (this.#isSending) return null;
    const rooms = this.followedDrivers.roomsBehindWrites(outcomes.filter(isMoved));
    rooms?.catch(() => {});
    return rooms;
  }

  /**
   * Publishes outcomes after those of earlier calls, so that a driver's pushes keep their order: to the rooms that had members
   * lately at once, to the others when Redis has been asked. What arrives while it is asked for the followers of one batch is
   * then published together: batches may arrive faster than its replies.
   * @param redelivered publishes unchanged positions too: the previous processor may have died before it published them
   * @param followers as {@link findFollowers} found them for these outcomes, with or without others
   */
  moved(outcomes: Outcome[], redelivered: boolean, followers: FollowerRooms | null = null): Promise<void> {
    const number = this.#known.begin();
    const updates = outcomes
      .filter((outcome) => isMoved(outcome) || (redelivered && outcome.after?.present))
      .map((outcome): Update => {
        const { driverId } = outcome;
        const mustWait = redelivered || departs(outcome);
        return { driverId, outcome, early: this.#known.roomsOf(driverId, number, mustWait) };
      });
    const now = clock.now();
    for (const update of updates) for (const room of update.early) this.#push(room, update, now);
    return new Promise((resolve, reject) => {
      this.#batches.push({ number, outcomes, updates, redelivered, followers, resolve, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#batches.length > 0) {
      const batches = this.#nextBatches();
      await this.#send(batches).then(
        () => {
          for (const { resolve } of batches) resolve();
        },
        (error: Error) => {
          for (const { reject } of batches) reject(error);
        },
      );
      this.#known.end(batches.at(-1)!.number);
    }
    this.#isSending = false;
  }

  /**
   * Takes batches to be sent together; none follows one in which a driver leaves, because `gone` is sent last. A batch whose
   * followers are known needs no others.
   */
  #nextBatches(): Batch[] {
    const isLast = ({ outcomes, followers }: Batch) => followers !== null || outcomes.some(departs);
    let count = 1;
    while (
      count < this.#batches.length &&
      !isLast(this.#batches[count - 1]!) &&
      this.#batches[count]!.followers === null
    )
      count += 1;
    return this.#batches.splice(0, count);
  }

  async #send(batches: Batch[]): Promise<void> {
    const outcomes = batches.flatMap((batch) => batch.outcomes);
    const updates = batches.flatMap((batch) => batch.updates);
    const redelivered = batches.some((batch) => batch.redelivered);
    const { followers } = batches[0]!;
    const rooms =
      followers === null ? await this.followedDrivers.roomsOf(updates) : roomsOf(updates, await followers);
    const now = clock.now();
    for (const room of rooms)
      if (!room.driver.early.some(({ namespace }) => namespace === room.namespace))
        this.#push(room, room.driver, now);
    this.#known.found(updates, rooms);
    const followed = new Set(rooms.map(({ driver }) => driver.driverId));
    for (const {
      driverId,
      outcome: { after },
    } of updates)
      if (after?.present) this.sampling.moved(after, followed.has(driverId), now);
    // Last: clients that have drawn the final position then remove the marker.
    const departed = outcomes.filter(
      ({ before, after }) => after?.present === false && (before?.present || redelivered),
    );
    await this.gone(
      departed.map(({ after }) => after!),
      'offline',
    );
  }

  /** Notifies followers that these drivers have left the index. */
  async gone(records: DriverRecord[], reason: DriverGone['reason']): Promise<void> {
    for (const { driverId } of records) {
      this.sampling.forget(driverId);
      this.#known.forget(driverId);
    }
    for (const room of await this.followedDrivers.roomsOf(records)) {
      const { driverId, t } = room.driver;
      const waitingId = waitingIdOf(room, driverId);
      this.#waiting.get(waitingId)?.();
      this.#waiting.delete(waitingId);
      this.hub.emit(room, 'gone', { driverId, t, reason });
    }
  }

  /** Sends the positions of an update to one room, or lets them wait for a newer one if they are old. */
  #push(room: FollowerRoom, { driverId, outcome: { accepted, after } }: Update, now: number): void {
    const waitingId = waitingIdOf(room, driverId);
    const unchanged = () => ({ fix: after!, receivedAt: after!.receivedAt, takenAt: after!.receivedAt });
    for (const position of accepted.length > 0 ? accepted : [unchanged()]) {
      const send = () => this.hub.emit(room, 'position', pushOf(driverId, position));
      if (now - Math.min(position.takenAt, position.receivedAt) > BEHIND_MS) this.#wait(waitingId, send);
      else {
        this.#waiting.delete(waitingId);
        send();
      }
    }
  }

  #wait(waitingId: string, send: () => void): void {
    this.#waiting.set(waitingId, send);
    this.#flushing ??= setTimeout(() => this.flush(), CONFLATION_MS);
  }

  /** Sends the positions that wait for newer ones. */
  flush(): void {
    if (this.#flushing !== null) clearTimeout(this.#flushing);
    this.#flushing = null;
    for (const send of this.#waiting.values()) send();
    this.#waiting.clear();
  }
}

/** `early` has the rooms to which it was published before Redis was asked. */
type Update = { driverId: string; outcome: Outcome; early: readonly FollowerRoom[] };

/** The rooms of followers of some outcomes. */
export type FollowerRooms = Promise<Array<FollowerRoom & { driver: Outcome }>>;

type Batch = {
  number: number;
  /** null if they are to be found */
  followers: FollowerRooms | null;
  updates: Update[];
  outcomes: Outcome[];
  redelivered: boolean;
  resolve: () => void;
  reject: (error: Error) => void;
};

const isMoved = ({ accepted }: Outcome): boolean => accepted.length > 0;

/** Returns the rooms with the updates of their drivers. */
function roomsOf(updates: Update[], rooms: Awaited<FollowerRooms>): Array<FollowerRoom & { driver: Update }> {
  const byDriver = new Map(updates.map((update) => [update.driverId, update]));
  return rooms.flatMap(({ namespace, room, driver }) => {
    const update = byDriver.get(driver.driverId);
    return update === undefined ? [] : [{ namespace, room, driver: update }];
  });
}

const departs = ({ after }: Outcome): boolean => after?.present === false;

const waitingIdOf = ({ namespace }: FollowerRoom, driverId: string): string => `${namespace}/${driverId}`;

const pushOf = (driverId: string, { fix, receivedAt }: Accepted): DriverPosition => ({
  driverId,
  t: fix.t,
  lat: fix.lat,
  lng: fix.lng,
  heading: fix.heading,
  speedMps: fix.speedMps,
  receivedAt,
});

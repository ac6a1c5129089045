import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DriverGone, DriverPosition, Pushed } from '#protocol';
import { Hub, type Room } from '#realtime';
import type { DriverRecord } from '#store';
import { clock } from '#store';
import type { Accepted, Outcome } from '../pipeline/fold.js';
import { SamplingController } from '../sampling/sampling-controller.js';
import { FollowedDrivers } from './followed-drivers.js';

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

  constructor(
    private readonly hub: Hub,
    private readonly followedDrivers: FollowedDrivers,
    private readonly sampling: SamplingController,
  ) {}

  onApplicationShutdown(): void {
    this.#flush();
  }

  /**
   * Publishes outcomes after those of earlier calls, so that a driver's pushes keep their order. What arrives while Redis is
   * asked for the followers of one batch is then published together: batches may arrive faster than its replies.
   * @param redelivered publishes unchanged positions too: the previous processor may have died before it published them
   */
  moved(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#batches.push({ outcomes, redelivered, resolve, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#batches.length > 0) {
      const batches = this.#nextBatches();
      const outcomes = batches.flatMap((batch) => batch.outcomes);
      const redelivered = batches.some((batch) => batch.redelivered);
      await this.#send(outcomes, redelivered).then(
        () => {
          for (const { resolve } of batches) resolve();
        },
        (error: Error) => {
          for (const { reject } of batches) reject(error);
        },
      );
    }
    this.#isSending = false;
  }

  /** Takes batches to be sent together; none follows one in which a driver leaves, because `gone` is sent last. */
  #nextBatches(): Batch[] {
    let count = 1;
    while (count < this.#batches.length && !this.#batches[count - 1]!.outcomes.some(departs)) count += 1;
    return this.#batches.splice(0, count);
  }

  async #send(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    const updates = outcomes.filter(
      ({ accepted, after }) => accepted.length > 0 || (redelivered && after?.present),
    );
    const followed = await this.#toFollowers(updates, ({ driverId, accepted, after }, emit, waitingId) => {
      const now = clock.now();
      const unchanged = { fix: after!, receivedAt: after!.receivedAt, takenAt: after!.receivedAt };
      const positions = accepted.length > 0 ? accepted : [unchanged];
      for (const position of positions) {
        const send = () => emit('position', pushOf(driverId, position));
        if (now - Math.min(position.takenAt, position.receivedAt) > BEHIND_MS) this.#wait(waitingId, send);
        else {
          this.#waiting.delete(waitingId);
          send();
        }
      }
    });
    const now = clock.now();
    for (const { driverId, after } of updates)
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

  /** Tells followers that these drivers have left the index. */
  async gone(records: DriverRecord[], reason: DriverGone['reason']): Promise<void> {
    for (const { driverId } of records) this.sampling.forget(driverId);
    await this.#toFollowers(records, ({ driverId, t }, emit, waitingId) => {
      this.#waiting.get(waitingId)?.();
      this.#waiting.delete(waitingId);
      emit('gone', { driverId, t, reason });
    });
  }

  #wait(waitingId: string, send: () => void): void {
    this.#waiting.set(waitingId, send);
    this.#flushing ??= setTimeout(() => this.#flush(), CONFLATION_MS);
  }

  #flush(): void {
    if (this.#flushing !== null) clearTimeout(this.#flushing);
    this.#flushing = null;
    for (const send of this.#waiting.values()) send();
    this.#waiting.clear();
  }

  /** @returns ids of the drivers that have followers */
  async #toFollowers<T extends { driverId: string }>(
    items: T[],
    send: (item: T, emit: Emit, waitingId: string) => void,
  ): Promise<Set<string>> {
    const rooms = await this.followedDrivers.roomsOf(items);
    for (const room of rooms) {
      const emit: Emit = (event, payload) => this.hub.emit(room, event, payload);
      send(room.driver, emit, waitingIdOf(room, room.driver));
    }
    return new Set(rooms.map(({ driver }) => driver.driverId));
  }
}

type Batch = {
  outcomes: Outcome[];
  redelivered: boolean;
  resolve: () => void;
  reject: (error: Error) => void;
};

const departs = ({ after }: Outcome): boolean => after?.present === false;

type Emit = <E extends 'position' | 'gone'>(event: E, payload: Pushed<'/rider' | '/dispatch', E>) => void;

const waitingIdOf = ({ namespace }: Room, { driverId }: { driverId: string }): string =>
  `${namespace}/${driverId}`;

const pushOf = (driverId: string, { fix, receivedAt }: Accepted): DriverPosition => ({
  driverId,
  t: fix.t,
  lat: fix.lat,
  lng: fix.lng,
  heading: fix.heading,
  speedMps: fix.speedMps,
  receivedAt,
});

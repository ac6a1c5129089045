import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { DriverGone, Pushed } from '#protocol';
import { Hub } from '#realtime';
import type { DriverRecord } from '#store';
import type { Outcome } from '../pipeline/fold.js';
import { SamplingController } from '../sampling/sampling-controller.js';
import { FollowedDrivers } from './followed-drivers.js';

/** Age of the newest fix of a batch above which the processor is behind. */
const BEHIND_MS = 2_000;
const CATCH_UP_INTERVAL_MS = 1_000;

/** Pushes each accepted fix to the followers of its driver, at once; nothing is published to rooms without members. */
@Injectable()
export class DriverBroadcaster {
  readonly #held = new Map<string, Outcome>();
  #isHeldRedelivered = false;
  #catchingUp: Promise<void> | null = null;
  readonly #waiting: Batch[] = [];
  #isSending = false;

  constructor(
    private readonly hub: Hub,
    private readonly followedDrivers: FollowedDrivers,
    private readonly sampling: SamplingController,
  ) {}

  /**
   * Publishes outcomes; resolves once they were sent. While they are old, followers get only the newest position of each
   * driver, once a second: the others would only delay it, and the track has them.
   * @param redelivered publishes unchanged positions too: the previous processor may have died before it published them
   */
  moved(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    const now = Date.now();
    if (!isBehind(outcomes, now)) {
      // One large batch may reach from an old backlog to now.
      const current = outcomes.map((outcome) =>
        recentOf(merged(this.#takeHeld(outcome.driverId), outcome), now),
      );
      return this.#publish(current, redelivered || this.#isHeldRedelivered);
    }
    for (const outcome of outcomes)
      this.#held.set(outcome.driverId, newestOf(merged(this.#takeHeld(outcome.driverId), outcome)));
    this.#isHeldRedelivered ||= redelivered;
    this.#catchingUp ??= sleep(CATCH_UP_INTERVAL_MS).then(() => this.#publishHeld());
    return this.#catchingUp;
  }

  #takeHeld(driverId: string): Outcome | undefined {
    const outcome = this.#held.get(driverId);
    this.#held.delete(driverId);
    return outcome;
  }

  #publishHeld(): Promise<void> {
    const outcomes = [...this.#held.values()];
    const redelivered = this.#isHeldRedelivered;
    this.#held.clear();
    this.#isHeldRedelivered = false;
    this.#catchingUp = null;
    return this.#publish(outcomes, redelivered);
  }

  /**
   * Publishes outcomes after those of earlier calls, so that a driver's pushes keep their order. What arrives while Redis is
   * asked for the followers of one batch is then published together: batches may arrive faster than its replies.
   */
  #publish(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ outcomes, redelivered, resolve, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
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
    while (count < this.#waiting.length && !this.#waiting[count - 1]!.outcomes.some(departs)) count += 1;
    return this.#waiting.splice(0, count);
  }

  async #send(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    const updates = outcomes.filter(
      ({ accepted, after }) => accepted.length > 0 || (redelivered && after?.present),
    );
    const followed = await this.#toFollowers(updates, (outcome, emit) => {
      const fixes = outcome.accepted.length > 0 ? outcome.accepted.map(({ fix }) => fix) : [outcome.after!];
      for (const { t, lat, lng, heading, speedMps } of fixes) {
        emit('position', { driverId: outcome.driverId, t, lat, lng, heading, speedMps });
      }
    });
    const now = Date.now();
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
    await this.#toFollowers(records, ({ driverId, t }, emit) => emit('gone', { driverId, t, reason }));
  }

  /** @returns ids of the drivers that have followers */
  async #toFollowers<T extends { driverId: string }>(
    items: T[],
    send: (item: T, emit: Emit) => void,
  ): Promise<Set<string>> {
    const rooms = await this.followedDrivers.roomsOf(items);
    for (const room of rooms) send(room.driver, (event, payload) => this.hub.emit(room, event, payload));
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

const isBehind = (outcomes: Outcome[], now: number): boolean => {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { accepted } of outcomes)
    for (const { receivedAt } of accepted) if (receivedAt > newest) newest = receivedAt;
  return newest > Number.NEGATIVE_INFINITY && newest < now - BEHIND_MS;
};

/** Joins an outcome that was not published yet with the next one of the same driver. */
const merged = (held: Outcome | undefined, outcome: Outcome): Outcome =>
  held === undefined
    ? outcome
    : {
        ...outcome,
        before: held.before,
        accepted: outcome.accepted.length > 0 ? outcome.accepted : held.accepted,
      };

/** Leaves out positions that are old, except the newest one. */
const recentOf = (outcome: Outcome, now: number): Outcome =>
  outcome.accepted.length <= 1 || outcome.accepted[0]!.receivedAt >= now - BEHIND_MS
    ? outcome
    : {
        ...outcome,
        accepted: outcome.accepted.filter(
          ({ receivedAt }, i) => receivedAt >= now - BEHIND_MS || i === outcome.accepted.length - 1,
        ),
      };

const newestOf = (outcome: Outcome): Outcome => ({ ...outcome, accepted: outcome.accepted.slice(-1) });

type Emit = <E extends 'position' | 'gone'>(event: E, payload: Pushed<'/rider' | '/dispatch', E>) => void;

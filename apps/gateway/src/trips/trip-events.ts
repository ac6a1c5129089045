import { Injectable } from '@nestjs/common';
import type { TripRecord } from '#trips';

/**
 * A stored change of a trip. `before` is null when the trip was created just now; it equals `after` when an earlier change
 * is handled again, because the process that made it may have died before its listeners ran.
 */
export type TripChanged = { before: TripRecord | null; after: TripRecord };

/**
 * Stages in which listeners run. The order matters:
 * - `assign`: holds and releases drivers and closes their rooms, so that a rider never sees a driver's next trip;
 * - `notify`: publishes the change to both parties, followers and dispatch;
 * - `alert`: warns dispatch;
 * - `settle`: frees the driver of a closed trip and drops the trip from the schedule, which ends all retries;
 * - `observe`: best effort.
 */
const STAGES = ['assign', 'notify', 'alert', 'settle', 'observe'] as const;
export type Stage = (typeof STAGES)[number];

type Listener = (change: TripChanged) => Promise<void> | void;

/** Passes each trip change to the features that react to it. */
@Injectable()
export class TripEvents {
  readonly #listeners = new Map<Stage, Listener[]>(STAGES.map((stage) => [stage, []]));

  on(stage: Stage, listener: Listener): void {
    this.#listeners.get(stage)!.push(listener);
  }

  /**
   * Runs all listeners, one after the other. The first failure stops the rest and rejects: the scheduler or the client
   * then emits the same change again, so listeners must be idempotent.
   */
  async emit(change: TripChanged): Promise<void> {
    for (const listeners of this.#listeners.values())
      for (const listener of listeners) await listener(change);
  }
}

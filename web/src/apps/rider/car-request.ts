import type { Position, Trip } from '#protocol';
import { HexfleetError, type Journey, type RiderApi, type RiderClient } from '#sdk';
import { sleep } from '#sdk/util';
import { RETRY_MS } from '../../shared/live/retry.js';

/** A withdrawn request, and when its trip can have been created: epoch ms by the service's clock. */
type Withdrawn = Journey & { from: number; until: number };

/** Largest error of the measured clock difference, ms. */
const CLOCK_ERROR_MS = 10_000;
/** Longest time that a request takes to reach the service, ms. */
const MAX_TRANSIT_MS = 60_000;

/**
 * Request for a car that can be withdrawn while it is in flight. If the service created the trip anyway, it is cancelled
 * as soon as the service can be reached.
 */
export class CarRequest {
  readonly #client: RiderClient;
  readonly #api: RiderApi;
  #pending: (Journey & { abort: AbortController; sentAt: number }) | null = null;
  #withdrawn: Withdrawn | null = null;
  #cancelling: Promise<void> | null = null;

  constructor(client: RiderClient, api: RiderApi) {
    this.#client = client;
    this.#api = api;
  }

  /**
   * Requests a car. If the rider already has an open trip, continues with that one.
   * @returns false if it was stopped before the answer
   * @throws {HexfleetError}
   */
  async send(journey: Journey): Promise<boolean> {
    const abort = new AbortController();
    const { signal } = abort;
    this.#pending = { ...journey, abort, sentAt: this.#client.now() };
    try {
      // Wait, or the trip of a withdrawn request would be taken for this one.
      await unlessStopped(this.#cancelling, signal);
      this.#withdrawn = null;
      await this.#client.requestTrip(journey, { signal }).catch(async (error: unknown) => {
        if (!(error instanceof HexfleetError) || error.code !== 'RIDER_ON_TRIP') throw error;
        if ((await this.#client.openTrip({ signal })) === null) throw error;
      });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    } finally {
      if (this.#pending?.abort === abort) this.#pending = null;
    }
  }

  /** Ignores the answer, because the trip is already known. */
  stop(): void {
    this.#pending?.abort.abort();
    this.#pending = null;
  }

  /** @returns whether a request was in flight */
  withdraw(): boolean {
    if (this.#pending === null) return false;
    const { pickup, dropoff, sentAt } = this.#pending;
    // A request that waits behind another withdrawn one was never sent, so keep looking for the trip of that one.
    if (this.#cancelling === null)
      this.#withdrawn = {
        pickup,
        dropoff,
        from: sentAt - CLOCK_ERROR_MS,
        until: this.#client.now() + MAX_TRANSIT_MS,
      };
    this.stop();
    this.cancelWithdrawn();
    return true;
  }

  /** Whether this trip was created by a withdrawn request. */
  isWithdrawn({ pickup, dropoff, createdAt }: Trip): boolean {
    const withdrawn = this.#withdrawn;
    return (
      withdrawn !== null &&
      isSame(withdrawn.pickup, pickup) &&
      isSame(withdrawn.dropoff, dropoff) &&
      createdAt > withdrawn.from &&
      createdAt < withdrawn.until
    );
  }

  /** Cancels the trip of a withdrawn request, and retries until the service answers. */
  cancelWithdrawn(): void {
    this.#cancelling ??= this.#cancelTrips().finally(() => {
      this.#cancelling = null;
    });
  }

  async #cancelTrips(): Promise<void> {
    for (;;) {
      try {
        for (const trip of await this.#api.openTrips())
          if (this.isWithdrawn(trip)) await this.#client.cancelTrip(trip.id);
        return;
      } catch (error) {
        // A permanent failure: the trip is already over, or the token is no longer valid.
        if (!(error instanceof HexfleetError) || !error.retry) return;
        await sleep(RETRY_MS);
      }
    }
  }
}

const isSame = (one: Position, other: Position): boolean => one.lat === other.lat && one.lng === other.lng;

const unlessStopped = (work: Promise<void> | null, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    Promise.resolve(work).then(() => resolve());
  });

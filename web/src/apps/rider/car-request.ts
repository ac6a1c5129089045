import type { Position, Trip } from '#protocol';
import { type Api, HexfleetError, type RiderClient } from '#sdk';
import type { ConnectionStore } from '../../shared/live/connection-state.js';
import { pause, TRY_AGAIN_MS } from '../../shared/live/pause.js';

type Journey = { pickup: Position; dropoff: Position };
/** Of what was taken back; times by the service's clock, epoch ms. */
type TakenBack = Journey & { from: number; until: number };

/** By how much two clocks may be told apart wrongly. */
const CLOCKS_MS = 10_000;
/** So much later a request may still reach the service. */
const LATE_MS = 60_000;

/**
 * The request for a car, which can be taken back while it is on its way. One that the service took all the same is called
 * off as soon as that is known.
 */
export class CarRequest {
  readonly #client: RiderClient;
  readonly #api: Api;
  readonly #line: ConnectionStore;
  #asking: (Journey & { abort: AbortController; askedAt: number }) | null = null;
  #takenBack: TakenBack | null = null;
  #callingOff: Promise<void> | null = null;

  constructor(client: RiderClient, api: Api, line: ConnectionStore) {
    this.#client = client;
    this.#api = api;
    this.#line = line;
  }

  /**
   * Asks for a car, or takes up the trip that is there already.
   * @returns false when it was stopped before the answer
   * @throws {HexfleetError}
   */
  async send(journey: Journey): Promise<boolean> {
    const abort = new AbortController();
    const { signal } = abort;
    this.#asking = { ...journey, abort, askedAt: this.#now() };
    try {
      // Otherwise what is left of the one before would be taken for this one.
      await unlessStopped(this.#callingOff, signal);
      this.#takenBack = null;
      await this.#client.requestTrip(journey, { signal }).catch(async (error: unknown) => {
        if (!(error instanceof HexfleetError) || error.code !== 'RIDER_ON_TRIP') throw error;
        if ((await this.#client.openTrip({ signal })) === null) throw error;
      });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    } finally {
      if (this.#asking?.abort === abort) this.#asking = null;
    }
  }

  /** Its answer is not needed any more: what became of it is known. */
  stop(): void {
    this.#asking?.abort.abort();
    this.#asking = null;
  }

  /** @returns whether it was still on its way */
  takeBack(): boolean {
    if (this.#asking === null) return false;
    const { pickup, dropoff, askedAt } = this.#asking;
    // One that waits for the end of another was not sent: then that other one is what may come.
    if (this.#callingOff === null)
      this.#takenBack = { pickup, dropoff, from: askedAt - CLOCKS_MS, until: this.#now() + LATE_MS };
    this.stop();
    this.callOff();
    return true;
  }

  /** Whether a trip came of a request that was taken back. */
  isTakenBack({ pickup, dropoff, createdAt }: Trip): boolean {
    const taken = this.#takenBack;
    return (
      taken !== null &&
      isSame(taken.pickup, pickup) &&
      isSame(taken.dropoff, dropoff) &&
      createdAt > taken.from &&
      createdAt < taken.until
    );
  }

  /** Calls off what came of a request that was taken back, however long it takes to reach the service. */
  callOff(): void {
    this.#callingOff ??= this.#endTaken().finally(() => {
      this.#callingOff = null;
    });
  }

  async #endTaken(): Promise<void> {
    for (;;) {
      try {
        for (const trip of await this.#api.openTrips())
          if (this.isTakenBack(trip)) await this.#client.cancelTrip(trip.id);
        return;
      } catch (error) {
        // Refused for good: it is over already, or this page has lost its leave to ask.
        if (!(error instanceof HexfleetError) || !error.retry) return;
        await pause(TRY_AGAIN_MS);
      }
    }
  }

  #now = (): number => Date.now() + this.#line.get().clockAheadMs;
}

const isSame = (one: Position, other: Position): boolean => one.lat === other.lat && one.lng === other.lng;

const unlessStopped = (work: Promise<void> | null, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    Promise.resolve(work).then(() => resolve());
  });

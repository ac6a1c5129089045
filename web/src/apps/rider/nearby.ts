import type { RiderClient } from '#sdk';
import type { RiderStore } from './state.js';

const NEARBY_RADIUS_M = 1_500;

/** Watches the cars around the pick-up until the rider has a driver. */
export class Nearby {
  readonly #client: RiderClient;
  readonly #state: RiderStore;
  #isWatching = false;

  constructor(client: RiderClient, state: RiderStore) {
    this.#client = client;
    this.#state = state;
  }

  watch(): void {
    const { step, pickup } = this.#state.get();
    if (step !== 'starting' && step !== 'choosing' && step !== 'searching') return;
    this.#isWatching = true;
    // When offline, the client watches once it is connected.
    this.#client.watchNearby({ ...pickup, radiusM: NEARBY_RADIUS_M }).catch(() => {});
  }

  stop(): void {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    this.#client.unwatchNearby().catch(() => {});
    this.#state.change({ cars: null });
  }
}

import type { Api } from '#sdk';
import type { RiderStore } from './state.js';

/** The link by which others follow the trip. */
export class TripLink {
  readonly #api: Api;
  readonly #state: RiderStore;

  constructor(api: Api, state: RiderStore) {
    this.#api = api;
    this.#state = state;
  }

  async make(): Promise<void> {
    const { trip } = this.#state.get();
    if (trip === null) return;
    await this.#state.busyWith(async () => this.#state.change({ share: await this.#api.shareTrip(trip.id) }));
  }

  /** Takes back every link of the trip. */
  async revoke(): Promise<void> {
    const { trip } = this.#state.get();
    if (trip === null) return;
    await this.#state.busyWith(async () => {
      await this.#api.revokeShares(trip.id);
      this.#state.change({ share: null });
    });
  }
}

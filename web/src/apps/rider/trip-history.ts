import { atom } from 'nanostores';
import type { Track } from '#protocol';
import { type Api, HexfleetError } from '#sdk';
import { sleep } from '#sdk/util';
import { RETRY_MS } from '../../shared/live/retry.js';
import type { RiderStore } from './state.js';

/** History of the trip from the service: the path driven so far, and the summary at the end. */
export class TripHistory {
  /** path driven while this page was closed or offline, as of the last request */
  readonly $track = atom<Track | null>(null);
  readonly #api: Api;
  readonly #state: RiderStore;

  constructor(api: Api, state: RiderStore) {
    this.#api = api;
    this.#state = state;
  }

  clear(): void {
    this.$track.set(null);
  }

  async readTrack(): Promise<void> {
    const { trip } = this.#state.get();
    if (trip === null || trip.driverId === null) return;
    try {
      this.$track.set(await this.#api.track(trip.driverId, { tripId: trip.id }));
    } catch {
      // The path then has a gap, and live positions continue it.
    }
  }

  async summarize(tripId: string): Promise<void> {
    const state = this.#state;
    while (state.isCurrent(tripId) && state.get().step === 'done' && state.get().summary === null) {
      try {
        const summary = await this.#api.summary(tripId);
        if (state.isCurrent(tripId)) state.change({ summary });
      } catch (error) {
        if (error instanceof HexfleetError && !error.retry) return;
        await sleep(RETRY_MS);
      }
    }
  }
}

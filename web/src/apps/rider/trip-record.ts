import type { Track } from '#protocol';
import { type Api, HexfleetError } from '#sdk';
import { pause, TRY_AGAIN_MS } from '../../shared/live/pause.js';
import { Store } from '../../shared/live/store.js';
import type { RiderStore } from './state.js';

/** What the service has kept of the trip: the way that was driven, and at the end the sum of it. */
export class TripRecord {
  /** what was driven before this page looked, or while it could not; new with each look */
  readonly track = new Store<Track | null>(null);
  readonly #api: Api;
  readonly #state: RiderStore;

  constructor(api: Api, state: RiderStore) {
    this.#api = api;
    this.#state = state;
  }

  leave(): void {
    this.track.set(null);
  }

  async readTrack(): Promise<void> {
    const { trip } = this.#state.get();
    if (trip === null || trip.driverId === null) return;
    try {
      this.track.set(await this.#api.track(trip.driverId, { tripId: trip.id }));
    } catch {
      // The way has a hole then; it grows on from here all the same.
    }
  }

  async summarize(tripId: string): Promise<void> {
    const state = this.#state;
    while (state.isOf(tripId) && state.get().step === 'done' && state.get().summary === null) {
      try {
        const summary = await this.#api.summary(tripId);
        if (state.isOf(tripId)) state.change({ summary });
      } catch (error) {
        if (error instanceof HexfleetError && !error.retry) return;
        await pause(TRY_AGAIN_MS);
      }
    }
  }
}

import type { DriverPosition, Eta, Position, ShareLink, Trip, TripPresence, TripSummary } from '#protocol';
import { HexfleetError } from '#sdk';
import { START } from '../../shared/live/city-places.js';
import { Store } from '../../shared/live/store.js';
import type { Step } from './steps.js';

/** Where this tab keeps the link to the trip, until the trip is over. */
export const SHARE_KEY = 'hexfleet-share';

export type PinKind = 'pickup' | 'dropoff';

export type RiderState = {
  step: Step;
  pickup: Position;
  dropoff: Position | null;
  /** which of both a tap on the map or on the list sets */
  choosing: PinKind;
  /** cars near the pick-up */
  cars: number;
  trip: Trip | null;
  eta: Eta | null;
  position: DriverPosition | null;
  /** the driver's app has fallen silent */
  isSilent: boolean;
  presence: TripPresence | null;
  /** the driver called the trip off, so another car is looked for */
  looksAgain: boolean;
  /** the request, or the wish to call it off, is on its way */
  isBusy: boolean;
  /** the code of what was refused last, until the next try */
  problem: string | null;
  summary: TripSummary | null;
  /** what dispatch has told this rider, until it is put away */
  notice: string | null;
  share: ShareLink | null;
};

export const NO_TRIP = {
  step: 'choosing',
  trip: null,
  eta: null,
  position: null,
  isSilent: false,
  presence: null,
  looksAgain: false,
  isBusy: false,
  problem: null,
  summary: null,
  share: null,
} as const satisfies Partial<RiderState>;

/** What the page shows, for the parts of the session that change it. */
export class RiderStore extends Store<RiderState> {
  constructor() {
    super({
      ...NO_TRIP,
      step: 'starting',
      pickup: START,
      dropoff: null,
      choosing: 'dropoff',
      cars: 0,
      notice: null,
    });
  }

  change(change: Partial<RiderState>): void {
    this.set({ ...this.get(), ...change });
  }

  isOf(tripId: string): boolean {
    return this.get().trip?.id === tripId;
  }

  /** Tells what the service refused; anything else is a fault of the page. */
  refused(error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    this.change({ problem: error.code });
  }

  /** Does something that the rider waits for. */
  async busyWith(work: () => Promise<unknown>): Promise<void> {
    this.change({ isBusy: true, problem: null });
    try {
      await work();
    } catch (error) {
      this.refused(error);
    } finally {
      this.change({ isBusy: false });
    }
  }
}

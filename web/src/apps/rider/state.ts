import { atom } from 'nanostores';
import type {
  DriverPosition,
  Eta,
  NearestPlace,
  Notice,
  Position,
  ShareLink,
  Trip,
  TripPresence,
  TripSummary,
} from '#protocol';
import { HexfleetError } from '#sdk';
import { START } from '../../shared/live/city-places.js';
import { update } from '../../shared/live/update.js';
import type { PinKind } from '../../shared/map/pins.js';
import type { Step } from './steps.js';

/** Key in the session storage for the share link of the current trip. */
export const SHARE_KEY = 'hexfleet-share';

/** Nearest place where a request would be accepted, for the pin that was refused; `asked`: the rider has requested a car. */
export type OfferedPlace = NearestPlace & { kind: PinKind; code: string; asked: boolean };

export type RiderState = {
  step: Step;
  pickup: Position;
  dropoff: Position | null;
  /** the pin that a tap on the map or on the list moves */
  choosing: PinKind;
  /** the driver must enter a PIN to start */
  withPin: boolean;
  /** class of the vehicle; null for any */
  vehicleClass: string | null;
  seats: number;
  /** number of cars near the pick-up; null until the service has answered */
  cars: number | null;
  trip: Trip | null;
  eta: Eta | null;
  position: DriverPosition | null;
  /** the driver's app no longer reports positions */
  isSilent: boolean;
  presence: TripPresence | null;
  /** the driver cancelled, so another car was requested */
  isSearchingAgain: boolean;
  /** a request of the rider is in flight */
  isBusy: boolean;
  /** error code of the last failure, until the next attempt */
  problem: string | null;
  /** place where the last refused request would be accepted, until a pin is moved */
  offered: OfferedPlace | null;
  summary: TripSummary | null;
  /** newest message from dispatch, until it is dismissed */
  notice: Notice | null;
  share: ShareLink | null;
};

export const NO_TRIP = {
  step: 'choosing',
  trip: null,
  eta: null,
  position: null,
  isSilent: false,
  presence: null,
  isSearchingAgain: false,
  isBusy: false,
  problem: null,
  offered: null,
  summary: null,
  share: null,
} as const satisfies Partial<RiderState>;

/** State of the rider app, and the changes that several parts of the session make to it. */
export class RiderStore {
  readonly $state = atom<RiderState>({
    ...NO_TRIP,
    step: 'starting',
    pickup: START,
    dropoff: null,
    choosing: 'dropoff',
    cars: null,
    withPin: false,
    vehicleClass: null,
    seats: 1,
    notice: null,
  });

  readonly get = (): RiderState => this.$state.get();

  change(change: Partial<RiderState>): void {
    update(this.$state, change);
  }

  isCurrent(tripId: string): boolean {
    return this.get().trip?.id === tripId;
  }

  /** Shows an error of the service. Any other error is a bug in the page and is thrown again. */
  fail(error: unknown): void {
    if (!(error instanceof HexfleetError)) throw error;
    const { code, nearest } = error;
    if (nearest === null) this.change({ problem: code });
    else this.offer(code, nearest, true);
  }

  /** Offers a place instead of one that was refused. */
  offer(code: string, nearest: NearestPlace, asked: boolean): void {
    this.change({
      offered: { ...nearest, kind: code.includes('DROPOFF') ? 'dropoff' : 'pickup', code, asked },
    });
  }

  /** Runs an action that the rider waits for. */
  async busyWith(action: () => Promise<unknown>): Promise<void> {
    this.change({ isBusy: true, problem: null });
    try {
      await action();
    } catch (error) {
      this.fail(error);
    } finally {
      this.change({ isBusy: false });
    }
  }
}

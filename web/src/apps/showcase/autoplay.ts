import type { ReadableAtom, WritableAtom } from 'nanostores';
import { distanceM } from '#geo';
import { type DriverPosition, isOpen, type Position, type Trip, type TripState } from '#protocol';
import type { Api, DriverApi, RiderClient } from '#sdk';
import { sleep } from '#sdk/util';
import { planTrip } from './plan.js';

/** The trip that autoplay is showing. */
export type Played = { trip: Trip | null };

export const NO_TRIP_YET: Played = { trip: null };

type Parts = {
  driverId: string;
  /** start of that driver */
  home: Position;
  rider: RiderClient;
  driver: DriverApi;
  dispatch: Api;
  $played: WritableAtom<Played>;
  $plays: ReadableAtom<boolean>;
};

/** Interval between looks at the state of the trip, ms. */
export const POLL_MS = 500;
/** Delay before a button is pressed, so that a visitor can follow, ms. */
export const READING_MS = 2_000;
/** Time for which the summary of a trip stays on screen, ms. */
const SUMMARY_MS = 9_000;
/** An offer is not accepted this shortly before it expires, because the answer could be late, ms. */
const OFFER_MARGIN_MS = 3_000;
/** Distance at which the rider gets in or out, m. */
export const ARRIVAL_RADIUS_M = 45;
/** Radius and maximum size of the search for drivers, m. */
const SEARCH_M = 5_000;
const MAX_DRIVERS = 100;
/** Lead over any other available driver, m. Shrinks to zero over PATIENCE_MS. */
const LEAD_M = 120;
const PATIENCE_MS = 12_000;

/**
 * Plays one trip after another with the rider and the driver of the showcase. Each step starts from the current state, so a
 * visitor may press a button first, or take over.
 */
export class Autoplay {
  readonly #parts: Parts;
  /** last position of the showcase's driver on a trip */
  #position: DriverPosition | null = null;
  /** when the trip entered its state, by performance.now() */
  #since = 0;
  /** id of the trip that autoplay requested itself */
  #ownTripId: string | null = null;
  /** when the driver became available without a new request, by performance.now() */
  #freeSince: number | null = null;
  /** last pressed button, as trip id and state */
  #pressed = '';

  constructor(parts: Parts) {
    this.#parts = parts;
    const { rider, $played } = parts;
    rider.on('trip', (trip) => {
      const before = $played.get().trip;
      if (before !== null && before.id !== trip.id && isOpen(before.state)) return;
      if (before?.id !== trip.id || before.state !== trip.state) this.#since = performance.now();
      $played.set({ trip });
      // The visitor may have requested this trip in the rider app. Follow its car as well.
      if (before?.id !== trip.id && isOpen(trip.state)) rider.watchTrip(trip.id).catch(() => {});
    });
    rider.on('position', (position) => {
      this.#position = position;
    });
  }

  async run(): Promise<never> {
    for (;;) {
      try {
        if (this.#parts.$plays.get()) await this.#step();
      } catch {
        // Rejected because the visitor was faster, or the service is unavailable. The next step starts from the new state.
      }
      await sleep(POLL_MS);
    }
  }

  async #step(): Promise<void> {
    const { trip } = this.#parts.$played.get();
    const passedMs = performance.now() - this.#since;
    if (trip === null || !isOpen(trip.state)) {
      if (trip === null || passedMs > SUMMARY_MS) await this.#request();
      return;
    }
    const { driver, rider, driverId } = this.#parts;
    if (trip.driverId !== null && trip.driverId !== driverId) {
      // Another driver was nearer when the trip was offered.
      if (trip.id === this.#ownTripId) await rider.cancelTrip(trip.id);
      return;
    }
    if (passedMs < READING_MS) return;
    const next = this.#next(trip);
    // The event for the last press may still be in flight.
    if (next !== null && this.#pressed === `${trip.id} ${next}`) return;
    if (next === 'accepted') {
      const [offered] = await driver.openTrips();
      if (offered?.id === trip.id && isInTime(offered, performance.now() - this.#since)) {
        await driver.acceptOffer(trip.id);
        this.#pressed = `${trip.id} ${next}`;
      }
    } else if (next !== null) {
      // The visitor may have asked for a PIN, which the rider sees.
      await driver.changeTrip(trip.id, { state: next, ...(trip.pin !== undefined && { pin: trip.pin }) });
      this.#pressed = `${trip.id} ${next}`;
    } else if (this.#position === null && trip.driverId !== null) await rider.watchTrip(trip.id);
  }

  #next({ state, pickup, dropoff }: Trip): TripState | null {
    const isAt = (place: Position) =>
      this.#position !== null &&
      distanceM(this.#position, place) < ARRIVAL_RADIUS_M &&
      this.#position.speedMps < 2;
    switch (state) {
      case 'offered':
        return 'accepted';
      case 'arriving':
        return isAt(pickup) ? 'arrived' : null;
      case 'arrived':
        return 'on_trip';
      case 'on_trip':
        return isAt(dropoff) ? 'completed' : null;
      default:
        return null;
    }
  }

  /** Requests a trip where the showcase's driver is nearest, so that it gets the offer. */
  async #request(): Promise<void> {
    const { driverId, rider, dispatch } = this.#parts;
    const around = { ...(this.#position ?? this.#parts.home), radiusM: SEARCH_M, limit: MAX_DRIVERS };
    const drivers = await dispatch.nearbyDrivers(around);
    const own = drivers.find((driver) => driver.driverId === driverId);
    if (own?.status !== 'available') return;
    this.#freeSince ??= performance.now();
    // Another car may stay close for a long time.
    const leadM = LEAD_M * Math.max(0, 1 - (performance.now() - this.#freeSince) / PATIENCE_MS);
    const free = drivers.filter((other) => other !== own && other.status === 'available');
    const plan = planTrip(own, free, leadM);
    if (plan === null) return;
    this.#ownTripId = (await rider.requestTrip(plan)).id;
    this.#freeSince = null;
  }
}

/** Whether the offer can still be accepted. Uses only differences of server times, because the visitor's clock may be wrong. */
function isInTime({ offer, times }: Trip, waitedMs: number): boolean {
  if (offer === null || times.offered === undefined) return false;
  return waitedMs < offer.expiresAt - times.offered - OFFER_MARGIN_MS;
}

import { manhattan } from '#city';
import { distanceM } from '#geo';
import { type DriverPosition, isOpen, type Position, type Trip, type TripState } from '#protocol';
import type { Api, RiderClient } from '#sdk';
import type { Store } from '../../shared/live/store.js';

/** How far the trip is that the page plays. */
export type Played = { trip: Trip | null };

export const NOBODY: Played = { trip: null };

type Parts = {
  driverId: string;
  /** where that driver begins */
  home: Position;
  rider: RiderClient;
  driver: Api;
  dispatch: Api;
  played: Store<Played>;
  plays: Store<boolean>;
};

const LOOK_MS = 500;
/** So long a person would look at a screen before pressing the button on it. */
const CONSIDER_MS = 2_500;
const SUMMARY_MS = 9_000;
/** An offer that is nearly over may be over before the answer is there. */
const IN_TIME_MS = 3_000;
/** Near enough to get in or out. */
const THERE_M = 45;
const SEARCH_M = 5_000;
const MANY = 100;
/** Far enough to be seen driving up; in front of the car, and not behind it by the time somebody asks. */
const [MIN_PICKUP_M, MAX_PICKUP_M] = [90, 220];
/** So much nearer than any other free car, which may drive on before it is asked; less and less in so long. */
const AHEAD_M = 120;
const PATIENCE_MS = 12_000;
const [MIN_TRIP_M, MAX_TRIP_M] = [600, 1_000];

/**
 * Plays one trip after another with the rider and the driver that the page shows. Each step looks at what is, so a visitor
 * may press a button first, or take over.
 */
export class Autoplay {
  readonly #parts: Parts;
  /** of the page's driver, last seen on a trip */
  #position: DriverPosition | null = null;
  /** since when the trip is in its state, by performance.now() */
  #since = 0;
  /** the trip that this page asked for, not the visitor */
  #own: string | null = null;
  /** since when the driver is free and no trip was asked for, by performance.now() */
  #freeSince: number | null = null;
  /** which button was pressed last, of which trip */
  #pressed = '';

  constructor(parts: Parts) {
    this.#parts = parts;
    const { rider, played } = parts;
    rider.on('trip', (trip) => {
      const before = played.get().trip;
      if (before !== null && before.id !== trip.id && isOpen(before.state)) return;
      if (before?.id !== trip.id || before.state !== trip.state) this.#since = performance.now();
      played.set({ trip });
      // One that the visitor asked for in the rider's app: its car is to be followed here, too.
      if (before?.id !== trip.id && isOpen(trip.state)) rider.watchTrip(trip.id).catch(() => {});
    });
    rider.on('position', (position) => {
      this.#position = position;
    });
  }

  async run(): Promise<never> {
    for (;;) {
      try {
        if (this.#parts.plays.get()) await this.#step();
      } catch {
        // Refused because it is done already, or the service is away: the next look sees what is.
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #step(): Promise<void> {
    const { trip } = this.#parts.played.get();
    const passedMs = performance.now() - this.#since;
    if (trip === null || !isOpen(trip.state)) {
      if (trip === null || passedMs > SUMMARY_MS) await this.#request();
      return;
    }
    const { driver, rider, driverId } = this.#parts;
    if (trip.driverId !== null && trip.driverId !== driverId) {
      // Another car was nearer by the time somebody was asked.
      if (trip.id === this.#own) await rider.cancelTrip(trip.id);
      return;
    }
    if (passedMs < CONSIDER_MS) return;
    const next = this.#next(trip);
    // The push that tells of it may still be on its way.
    if (next !== null && this.#pressed === `${trip.id} ${next}`) return;
    if (next === 'accepted') {
      const [offered] = await driver.openTrips();
      if (offered?.id === trip.id && isInTime(offered, performance.now() - this.#since)) {
        await driver.acceptOffer(trip.id);
        this.#pressed = `${trip.id} ${next}`;
      }
    } else if (next !== null) {
      await driver.changeTrip(trip.id, next);
      this.#pressed = `${trip.id} ${next}`;
    } else if (this.#position === null && trip.driverId !== null) await rider.watchTrip(trip.id);
  }

  #next({ state, pickup, dropoff }: Trip): TripState | null {
    const isAt = (place: Position) =>
      this.#position !== null && distanceM(this.#position, place) < THERE_M && this.#position.speedMps < 2;
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

  /** Asks for a car where the page's own driver is the nearest, so that the trip is offered to it. */
  async #request(): Promise<void> {
    const { driverId, rider, dispatch } = this.#parts;
    const around = { ...(this.#position ?? this.#parts.home), radiusM: SEARCH_M, limit: MANY };
    const drivers = await dispatch.nearbyDrivers(around);
    const own = drivers.find((driver) => driver.driverId === driverId);
    if (own?.status !== 'available') return;
    this.#freeSince ??= performance.now();
    // Another car may go the same way for long.
    const aheadM = AHEAD_M * Math.max(0, 1 - (performance.now() - this.#freeSince) / PATIENCE_MS);
    const pickup = any(
      manhattan().nodes.filter((corner) => {
        const awayM = distanceM(corner, own);
        const free = drivers.filter((other) => other !== own && other.status === 'available');
        if (awayM < MIN_PICKUP_M || awayM > MAX_PICKUP_M) return false;
        return !free.some((other) => distanceM(corner, other) < awayM + aheadM);
      }),
    );
    if (pickup === undefined) return;
    const dropoff = any(
      manhattan().nodes.filter((corner) => {
        const awayM = distanceM(corner, pickup);
        return awayM > MIN_TRIP_M && awayM < MAX_TRIP_M;
      }),
    );
    if (dropoff === undefined) return;
    this.#own = (await rider.requestTrip({ pickup: plain(pickup), dropoff: plain(dropoff) })).id;
    this.#freeSince = null;
  }
}

/** By the service's clock: the visitor's may be wrong. */
function isInTime({ offer, times }: Trip, waitedMs: number): boolean {
  if (offer === null || times.offered === undefined) return false;
  return waitedMs < offer.expiresAt - times.offered - IN_TIME_MS;
}

const any = <T>(values: T[]): T | undefined => values[Math.floor(Math.random() * values.length)];

const plain = ({ lat, lng }: Position): Position => ({ lat, lng });

import {
  isOpen,
  type Notice,
  type OfferedTrip,
  type OfferOver,
  type Trip,
  type TripChange,
  type TripEta,
} from '#protocol';
import type { DriverApi } from '../api/driver-api.js';
import type { ChangeOptions } from '../api/requests.js';
import type { Connection } from '../connection/connection.js';
import { isUp } from '../connection/connection-state.js';
import { isFinal } from '../connection/errors.js';
import { resubscribe } from '../connection/while-connected.js';
import { Feed } from '../feed/feed.js';
import { Offers } from './offers.js';
import { MAX_IN_FEED, TripVersions } from './trip-versions.js';

/** Steps of a driver on a trip, and the cancellation. */
export type DriverStep = 'arriving' | 'arrived' | 'on_trip' | 'completed' | 'cancelled';

/** PIN of the rider, with which a trip that needs one starts, and retries of the step. */
export type StepOptions = ChangeOptions & {
  /** four digits that the rider gives the driver */
  pin?: string;
};

/** Handlers for the events of offers and trips. */
type Events = {
  offer(offer: OfferedTrip): void;
  over(over: OfferOver): void;
  trip(trip: Trip): void;
  eta(eta: TripEta): void;
  notice(notice: Notice): void;
};

/** Offers and trips of a driver: emits each offer once and each version of a trip once, and misses no end. */
export class DriverTrips {
  readonly #known = new TripVersions(MAX_IN_FEED);
  readonly #offers: Offers;
  readonly #feed: Feed;
  /** id of the open trip */
  #id: string | null = null;

  constructor(
    private readonly connection: Connection<'/driver'>,
    private readonly api: DriverApi,
    private readonly events: Events,
  ) {
    this.#offers = new Offers(() => connection.clock.now(), events);
    const handlers = {
      offer: (offer: OfferedTrip) => this.#offers.add(offer),
      'offer:over': (over: OfferOver) => this.#offers.end(over),
      trip: (trip: Trip) => this.#onTrip(trip),
      notice: (notice: Notice) => events.notice(notice),
    };
    this.#feed = new Feed(connection, handlers, () => this.#refresh());
    connection.on('eta', (eta) => this.#onEta(eta));
    connection.onState((state) => {
      if (!isUp(state)) return;
      // The service sends an open trip on each connection, but not that it ended in the meantime.
      this.#refresh();
    });
  }

  async accept(tripId: string, options: ChangeOptions): Promise<Trip> {
    this.#offers.settle(tripId);
    return this.#onAnswer(await this.api.acceptOffer(tripId, options));
  }

  decline(tripId: string, options: ChangeOptions): Promise<void> {
    this.#offers.settle(tripId);
    return this.api.declineOffer(tripId, options);
  }

  step(tripId: string, step: DriverStep, { pin, ...options }: StepOptions): Promise<Trip> {
    return this.change(tripId, { state: step, ...(pin !== undefined && { pin }) }, options);
  }

  async change(tripId: string, change: TripChange, options: ChangeOptions): Promise<Trip> {
    return this.#onAnswer(await this.api.changeTrip(tripId, change, options));
  }

  /** The app has closed the connection: offers do not expire until there is a new one. */
  pause(): void {
    this.#offers.pause();
  }

  /** Handles a trip in an answer, which may be ahead of the pushes: the versions between go first. */
  #onAnswer(trip: Trip): Trip {
    if (this.#known.hasGapBefore(trip)) this.#feed.catchUp().then(() => this.#onTrip(trip));
    else this.#onTrip(trip);
    return trip;
  }

  #onTrip(trip: Trip): void {
    if (!this.#known.take(trip)) return;
    this.#offers.settle(trip.id);
    if (isOpen(trip.state)) this.#id = trip.id;
    else if (this.#id === trip.id) this.#id = null;
    this.events.trip(trip);
  }

  #onEta(eta: TripEta): void {
    const known = this.#known.versionOf(eta.tripId);
    if (eta.version < known) return;
    this.events.eta(eta);
    if (eta.version === known) return;
    // The push with the trip itself is late or lost.
    this.#id = eta.tripId;
    this.#refresh();
  }

  #refresh(): void {
    const id = this.#id;
    if (id === null) return;
    const request = async () => this.#onAnswer(await this.api.trip(id));
    void resubscribe(
      this.connection,
      () => this.#id === id,
      () =>
        request().catch((error: unknown) => {
          if (isFinal(error) && this.#id === id) this.#id = null;
          throw error;
        }),
    );
  }
}

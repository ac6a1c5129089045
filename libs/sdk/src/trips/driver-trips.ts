import { isOpen, type Notice, type OfferedTrip, type OfferOver, type Trip, type TripEta } from '#protocol';
import type { Api, ChangeOptions } from '../api.js';
import { type Connection, isUp } from '../connection/connection.js';
import { isFinal } from '../connection/errors.js';
import { Feed } from '../feed/feed.js';
import { resubscribe } from '../subscriptions/resubscribe.js';
import { Offers } from './offers.js';
import { MAX_IN_FEED, TripVersions } from './trip-versions.js';

/** What a driver does on the way, and that it gives up. */
export type DriverStep = 'arriving' | 'arrived' | 'on_trip' | 'completed' | 'cancelled';

/** What is told of them. */
type Events = {
  offer(offer: OfferedTrip): void;
  over(over: OfferOver): void;
  trip(trip: Trip): void;
  eta(eta: TripEta): void;
  notice(notice: Notice): void;
};

/** A driver's offers and trips: each offer told once, each version of a trip once, and no end missed. */
export class DriverTrips {
  readonly #known = new TripVersions(MAX_IN_FEED);
  readonly #offers: Offers;
  readonly #feed: Feed;
  /** the open one */
  #id: string | null = null;
  /** by how much the service's clock is ahead of performance.now() */
  #aheadMs = Date.now() - performance.now();

  constructor(
    private readonly connection: Connection<'/driver'>,
    private readonly api: Api,
    private readonly events: Events,
  ) {
    this.#offers = new Offers(() => performance.now() + this.#aheadMs, events);
    const handlers = {
      offer: (offer: OfferedTrip) => this.#offers.made(offer),
      'offer:over': (over: OfferOver) => this.#offers.over(over),
      trip: (trip: Trip) => this.#told(trip),
      notice: (notice: Notice) => events.notice(notice),
    };
    this.#feed = new Feed(connection, handlers, () => this.#look());
    connection.on('eta', (eta) => this.#estimated(eta));
    connection.onState((state) => {
      if (!isUp(state)) return;
      this.#aheadMs = state.hello.now - performance.now();
      // An open trip is told on each connection; that it ended meanwhile is not.
      this.#look();
    });
  }

  async accept(tripId: string, options: ChangeOptions): Promise<Trip> {
    this.#offers.settle(tripId);
    return this.#answered(await this.api.acceptOffer(tripId, options));
  }

  decline(tripId: string, options: ChangeOptions): Promise<void> {
    this.#offers.settle(tripId);
    return this.api.declineOffer(tripId, options);
  }

  async step(tripId: string, step: DriverStep, options: ChangeOptions): Promise<Trip> {
    return this.#answered(await this.api.changeTrip(tripId, step, options));
  }

  /** The connection was ended on purpose: nothing expires until there is one again. */
  pause(): void {
    this.#offers.pause();
  }

  /** An answer may be ahead of the pushes; what is between goes first. */
  #answered(trip: Trip): Trip {
    if (this.#known.hasGapBefore(trip)) this.#feed.catchUp().then(() => this.#told(trip));
    else this.#told(trip);
    return trip;
  }

  #told(trip: Trip): void {
    if (!this.#known.take(trip)) return;
    this.#offers.settle(trip.id);
    if (isOpen(trip.state)) this.#id = trip.id;
    else if (this.#id === trip.id) this.#id = null;
    this.events.trip(trip);
  }

  #estimated(eta: TripEta): void {
    const known = this.#known.versionOf(eta.tripId);
    if (eta.version < known) return;
    this.events.eta(eta);
    if (eta.version === known) return;
    // The trip itself was not told, or not yet.
    this.#id = eta.tripId;
    this.#look();
  }

  #look(): void {
    const id = this.#id;
    if (id === null) return;
    const ask = async () => this.#answered(await this.api.trip(id));
    void resubscribe(
      this.connection,
      () => this.#id === id,
      () =>
        ask().catch((error: unknown) => {
          if (isFinal(error) && this.#id === id) this.#id = null;
          throw error;
        }),
    );
  }
}

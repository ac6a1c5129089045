import { isOpen, type Trip } from '#protocol';
import type { Connection } from '../connection/connection.js';
import type { HexfleetError } from '../connection/errors.js';
import { Watch } from '../subscriptions/watch.js';
import type { Abortable } from '../util/event-promise.js';
import { TripVersions } from './trip-versions.js';

/** Handlers for the events of the trips. */
type Events = { trips(open: Trip[]): void; trip(trip: Trip): void; dropped(error: HexfleetError): void };

/** Versions to remember: of the open trips, 1,000 at most, and of those that ended recently. */
const MAX_KNOWN = 5_000;
/** The only query of this watch. */
const ALL = 'all';

/** All trips: the open ones, loaded by each watch, then each change of each trip once. */
export class DispatchTrips {
  readonly #watch: Watch<typeof ALL, { trips: Trip[] }, Trip>;
  readonly #known = new TripVersions(MAX_KNOWN);

  constructor(
    connection: Connection<'/dispatch'>,
    private readonly events: Events,
  ) {
    this.#watch = new Watch(connection, {
      request: (_all, _isKnown, options) => connection.request('trips:watch', {}, options),
      applySnapshot: ({ trips }) => this.#applyOpen(trips),
      apply: (trip) => this.#onTrip(trip),
      clear: () => {},
      unwatch: (_all, options) => connection.request('trips:unwatch', {}, options),
      dropped: (error) => this.events.dropped(error),
    });
    connection.on('trip', (trip) => this.#watch.pass(trip));
  }

  async watch(options: Abortable): Promise<Trip[]> {
    const { trips } = await this.#watch.watch(ALL, options);
    return trips;
  }

  /** Reloads the open trips if they are watched. */
  refresh(): void {
    if (this.#watch.isWanted) this.#watch.refresh();
  }

  unwatch(options: Abortable): Promise<void> {
    return this.#watch.unwatch(options);
  }

  #applyOpen(trips: Trip[]): () => boolean {
    for (const trip of trips) this.#known.take(trip);
    this.events.trips(
      trips.map((trip) => this.#known.get(trip.id) ?? trip).filter(({ state }) => isOpen(state)),
    );
    return () => true;
  }

  #onTrip(trip: Trip): void {
    if (this.#known.take(trip)) this.events.trip(trip);
  }
}

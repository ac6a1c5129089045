import { isOpen, type Trip } from '#protocol';
import type { Connection } from '../connection/connection.js';
import type { HexfleetError } from '../connection/errors.js';
import { Watch } from '../subscriptions/watch.js';
import type { Abortable } from '../util/event-promise.js';
import { TripVersions } from './trip-versions.js';

/** What is told of them. */
type Events = { trips(open: Trip[]): void; trip(trip: Trip): void; dropped(error: HexfleetError): void };

/** Those that are open, a thousand at most, and others that ended a moment ago. */
const MAX_KNOWN = 5_000;
/** There is one thing to ask for. */
const ALL = 'all';

/** All trips: those that are open, read anew with each watch, then each change of each, once. */
export class DispatchTrips {
  readonly #watch: Watch<typeof ALL, { trips: Trip[] }, Trip>;
  readonly #known = new TripVersions(MAX_KNOWN);

  constructor(
    connection: Connection<'/dispatch'>,
    private readonly events: Events,
  ) {
    this.#watch = new Watch(connection, {
      ask: (_all, _isKnown, options) => connection.request('trips:watch', {}, options),
      take: ({ trips }) => this.#take(trips),
      apply: (trip) => this.#told(trip),
      forget: () => {},
      unwatch: (_all, options) => connection.request('trips:unwatch', {}, options),
      dropped: (error) => this.events.dropped(error),
    });
    connection.on('trip', (trip) => this.#watch.pass(trip));
  }

  async watch(options: Abortable): Promise<Trip[]> {
    const { trips } = await this.#watch.want(ALL, options);
    return trips;
  }

  /** Reads the open ones anew, if they are watched. */
  refresh(): void {
    if (this.#watch.isWanted) this.#watch.refresh();
  }

  unwatch(options: Abortable): Promise<void> {
    return this.#watch.drop(options);
  }

  #take(trips: Trip[]): () => boolean {
    for (const trip of trips) this.#known.take(trip);
    this.events.trips(
      trips.map((trip) => this.#known.get(trip.id) ?? trip).filter(({ state }) => isOpen(state)),
    );
    return () => true;
  }

  #told(trip: Trip): void {
    if (this.#known.take(trip)) this.events.trip(trip);
  }
}

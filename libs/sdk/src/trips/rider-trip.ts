import {
  type DriverGone,
  type DriverPosition,
  isOpen,
  type Notice,
  type Trip,
  type TripEta,
  type TripPresence,
} from '#protocol';
import type { ChangeOptions } from '../api/requests.js';
import type { RiderApi } from '../api/rider-api.js';
import type { Connection } from '../connection/connection.js';
import { HexfleetError } from '../connection/errors.js';
import { retry } from '../connection/retry.js';
import { Feed } from '../feed/feed.js';
import { Watch } from '../subscriptions/watch.js';
import type { Abortable } from '../util/event-promise.js';
import { MAX_IN_FEED, TripVersions } from './trip-versions.js';

/** Answer to the watch of a trip. */
export type TripView = {
  /** the trip as it is now */
  trip: Trip;
  /** position of its driver; null until one is known */
  position: DriverPosition | null;
  /** presence of the driver; null until one has accepted */
  presence: TripPresence | null;
};

/** Handlers for the events of the trip. */
type Events = {
  trip(trip: Trip): void;
  eta(eta: TripEta): void;
  position(position: DriverPosition): void;
  gone(gone: DriverGone): void;
  presence(presence: TripPresence): void;
  notice(notice: Notice): void;
  dropped(error: HexfleetError): void;
};

export type DriverPush = { position: DriverPosition } | { gone: DriverGone };

/** Codes that refuse the watch or the cancellation of a trip that has ended. */
const TRIP_ENDED: string[] = ['TRIP_OVER', 'BAD_STATE'];

/** Trip of a rider: emits each version once, and watches its driver from the acceptance to the end. */
export class RiderTrip {
  readonly #watch: Watch<string, TripView, DriverPush>;
  readonly #feed: Feed;
  readonly #known = new TripVersions(MAX_IN_FEED);
  #id: string | null = null;
  /** the driver whose positions the service sends */
  #driverId: string | null = null;
  #positionT = 0;

  constructor(
    connection: Connection<'/rider'>,
    private readonly api: RiderApi,
    private readonly events: Events,
  ) {
    this.#watch = new Watch(connection, {
      request: (tripId, _isKnown, options) => connection.request('trip:watch', { tripId }, options),
      applySnapshot: (view, tripId) => this.#applySnapshot(view, tripId),
      apply: (push) => this.#onDriver(push),
      clear: () => this.#follow(null),
      // The service ends the watch with the trip; until then the client ignores its pushes.
      unwatch: async () => {},
      dropped: (error, tripId) => {
        this.events.dropped(error);
        this.#emitEnd(tripId, error);
      },
    });
    connection.on('position', (position) => this.#watch.pass({ position }));
    connection.on('gone', (gone) => this.#watch.pass({ gone }));
    const handlers = {
      trip: (trip: Trip) => this.#onTrip(trip),
      notice: (notice: Notice) => events.notice(notice),
    };
    this.#feed = new Feed(connection, handlers, () => this.#watch.refresh());
    connection.on('eta', (eta) => this.#onEta(eta));
  }

  /** @throws {HexfleetError} NOT_YOUR_TRIP, TRIP_OVER, NO_SUCH_TRIP */
  watch(tripId: string, options: Abortable = {}): Promise<TripView> {
    if (tripId !== this.#id) this.#follow(tripId);
    return this.#watch.watch(tripId, options);
  }

  /** Watches a trip that came in an answer of the API. */
  begin(trip: Trip): void {
    this.#onAnswer(trip);
    const { state } = this.#known.get(trip.id) ?? trip;
    if (isOpen(state)) this.watch(trip.id).catch((error: unknown) => this.#emitEnd(trip.id, error));
  }

  /** Cancels the trip. @throws {HexfleetError} BAD_STATE when it has ended; its end is then emitted, too */
  async cancel(tripId: string, options: ChangeOptions): Promise<Trip> {
    try {
      const trip = await this.api.cancelTrip(tripId, options);
      this.#onAnswer(trip);
      return trip;
    } catch (error) {
      this.#emitEnd(tripId, error);
      throw error;
    }
  }

  /** Handles a trip in an answer, which may be ahead of the pushes: the versions between go first. */
  #onAnswer(trip: Trip): void {
    if (this.#known.hasGapBefore(trip)) this.#feed.catchUp().then(() => this.#onTrip(trip));
    else this.#onTrip(trip);
  }

  #onTrip(trip: Trip): void {
    if (!this.#known.take(trip)) return;
    const isWatched = trip.id === this.#id;
    if (isWatched && !isOpen(trip.state)) this.#watch.end();
    this.events.trip(trip);
    const { driverId } = trip;
    // The trip has a driver to watch only now.
    if (isWatched && isOpen(trip.state) && driverId !== null && driverId !== this.#driverId)
      this.#watch.refresh();
  }

  #applySnapshot({ trip, position, presence }: TripView, tripId: string): (push: DriverPush) => boolean {
    if (tripId === this.#id) {
      this.#driverId = trip.driverId;
      this.#onAnswer(trip);
      if (presence !== null) this.events.presence(presence);
      if (position !== null) this.#onDriver({ position });
    }
    return () => true;
  }

  #follow(tripId: string | null): void {
    this.#id = tripId;
    this.#driverId = null;
    this.#positionT = 0;
  }

  #onEta(eta: TripEta): void {
    const known = this.#known.versionOf(eta.tripId);
    if (eta.version < known) return;
    this.events.eta(eta);
    if (eta.version > known && eta.tripId === this.#id) this.#watch.refresh();
  }

  /** Emits only newer positions: the snapshot and the first pushes may overlap or cross. */
  #onDriver(push: DriverPush): void {
    const { driverId, t } = 'position' in push ? push.position : push.gone;
    if (driverId !== this.#driverId || t < this.#positionT) return;
    if ('gone' in push) this.events.gone(push.gone);
    else if (t > this.#positionT) {
      this.#positionT = t;
      this.events.position(push.position);
    }
  }

  /** Loads a trip whose end was missed, so that the end is emitted like any other. */
  #emitEnd(tripId: string, error: unknown): void {
    if (!(error instanceof HexfleetError) || !TRIP_ENDED.includes(error.code)) return;
    retry((signal) => this.api.trip(tripId, { signal }), {}).then(
      (trip) => this.#onAnswer(trip),
      () => {},
    );
  }
}

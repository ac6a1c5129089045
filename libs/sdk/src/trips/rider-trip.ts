import {
  type DriverGone,
  type DriverPosition,
  isOpen,
  type Notice,
  type Trip,
  type TripEta,
  type TripPresence,
} from '#protocol';
import type { Api, ChangeOptions } from '../api.js';
import type { Connection } from '../connection/connection.js';
import { HexfleetError } from '../connection/errors.js';
import { retried } from '../connection/retry.js';
import { Feed } from '../feed/feed.js';
import { Watch } from '../subscriptions/watch.js';
import type { Abortable } from '../util/event-promise.js';
import { MAX_IN_FEED, TripVersions } from './trip-versions.js';

/** What a watched trip answers. */
export type TripView = {
  /** as it is now */
  trip: Trip;
  /** of its driver; null until there is one that was heard */
  position: DriverPosition | null;
  /** whether the driver is connected; null until one has accepted */
  presence: TripPresence | null;
};

/** What is told of it. */
type Events = {
  trip(trip: Trip): void;
  eta(eta: TripEta): void;
  position(position: DriverPosition): void;
  gone(gone: DriverGone): void;
  presence(presence: TripPresence): void;
  notice(notice: Notice): void;
  dropped(error: HexfleetError): void;
};

type DriverPush = { position: DriverPosition } | { gone: DriverGone };

/** What a rider is told that watches a trip or calls it off. */
const IT_IS_OVER: string[] = ['TRIP_OVER', 'BAD_STATE'];

/** A rider's trip: each version of it told once, and its driver followed from when there is one until its end. */
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
    private readonly api: Api,
    private readonly events: Events,
  ) {
    this.#watch = new Watch(connection, {
      ask: (tripId, _isKnown, options) => connection.request('trip:watch', { tripId }, options),
      take: (view, tripId) => this.#take(view, tripId),
      apply: (push) => this.#heard(push),
      forget: () => this.#follow(null),
      // The service ends it with the trip; until then its pushes are left aside.
      unwatch: async () => {},
      dropped: (error, tripId) => {
        this.events.dropped(error);
        this.#tellEnd(tripId, error);
      },
    });
    connection.on('position', (position) => this.#watch.pass({ position }));
    connection.on('gone', (gone) => this.#watch.pass({ gone }));
    const handlers = {
      trip: (trip: Trip) => this.#told(trip),
      notice: (notice: Notice) => events.notice(notice),
    };
    this.#feed = new Feed(connection, handlers, () => this.#watch.refresh());
    connection.on('eta', (eta) => this.#estimated(eta));
  }

  /** @throws {HexfleetError} NOT_YOUR_TRIP, TRIP_OVER, NO_SUCH_TRIP */
  watch(tripId: string, options: Abortable = {}): Promise<TripView> {
    if (tripId !== this.#id) this.#follow(tripId);
    return this.#watch.want(tripId, options);
  }

  /** Takes up a trip of which REST told. */
  begin(trip: Trip): void {
    this.#answered(trip);
    const { state } = this.#known.get(trip.id) ?? trip;
    if (isOpen(state)) this.watch(trip.id).catch((error: unknown) => this.#tellEnd(trip.id, error));
  }

  /** Calls it off. @throws {HexfleetError} BAD_STATE when it is over, of which is told then, too */
  async cancel(tripId: string, options: ChangeOptions): Promise<Trip> {
    try {
      const trip = await this.api.cancelTrip(tripId, options);
      this.#answered(trip);
      return trip;
    } catch (error) {
      this.#tellEnd(tripId, error);
      throw error;
    }
  }

  /** An answer may be ahead of the pushes; what is between goes first. */
  #answered(trip: Trip): void {
    if (this.#known.hasGapBefore(trip)) this.#feed.catchUp().then(() => this.#told(trip));
    else this.#told(trip);
  }

  #told(trip: Trip): void {
    if (!this.#known.take(trip)) return;
    const isWatched = trip.id === this.#id;
    if (isWatched && !isOpen(trip.state)) this.#watch.end();
    this.events.trip(trip);
    const { driverId } = trip;
    // Only now there is somebody to follow.
    if (isWatched && isOpen(trip.state) && driverId !== null && driverId !== this.#driverId)
      this.#watch.refresh();
  }

  #take({ trip, position, presence }: TripView, tripId: string): (push: DriverPush) => boolean {
    if (tripId === this.#id) {
      this.#driverId = trip.driverId;
      this.#answered(trip);
      if (presence !== null) this.events.presence(presence);
      if (position !== null) this.#heard({ position });
    }
    return () => true;
  }

  #follow(tripId: string | null): void {
    this.#id = tripId;
    this.#driverId = null;
    this.#positionT = 0;
  }

  #estimated(eta: TripEta): void {
    const known = this.#known.versionOf(eta.tripId);
    if (eta.version < known) return;
    this.events.eta(eta);
    if (eta.version > known && eta.tripId === this.#id) this.#watch.refresh();
  }

  /** The snapshot and the first pushes may overlap or cross; only what is newer is news. */
  #heard(push: DriverPush): void {
    const { driverId, t } = 'position' in push ? push.position : push.gone;
    if (driverId !== this.#driverId || t < this.#positionT) return;
    if ('gone' in push) this.events.gone(push.gone);
    else if (t > this.#positionT) {
      this.#positionT = t;
      this.events.position(push.position);
    }
  }

  /** A trip that ended unheard is asked for, so that its end is told like any other. */
  #tellEnd(tripId: string, error: unknown): void {
    if (!(error instanceof HexfleetError) || !IT_IS_OVER.includes(error.code)) return;
    retried((signal) => this.api.trip(tripId, { signal }), {}).then(
      (trip) => this.#answered(trip),
      () => {},
    );
  }
}

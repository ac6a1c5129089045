import type {
  AreaAlert,
  Car,
  CarFrame,
  DriverGone,
  DriverPosition,
  Hello,
  NearbyView,
  NearbyWatch,
  Notice,
  ServiceState,
  Stale,
  Trip,
  TripEta,
  TripPresence,
  WithdrawnAlert,
} from '#protocol';
import type { ChangeOptions, Journey } from './api/requests.js';
import { RiderApi } from './api/rider-api.js';
import type { Chat } from './chat/chat.js';
import { chatOf } from './chat/chats.js';
import type { ClientOptions } from './connection/client-options.js';
import type { ClockOffset } from './connection/clock.js';
import { Connection } from './connection/connection.js';
import type { ConnectionState } from './connection/connection-state.js';
import type { HexfleetError } from './connection/errors.js';
import { trackServiceState } from './connection/service-state.js';
import { onAreaAlert } from './feed/area-alerts.js';
import { type VehicleChanges, Vehicles } from './subscriptions/vehicles.js';
import { Watch } from './subscriptions/watch.js';
import { RiderTrip, type TripView } from './trips/rider-trip.js';
import { Emitter } from './util/emitter.js';
import type { Abortable } from './util/event-promise.js';

/** Events of a {@link RiderClient}, by name. */
export type RiderEvents = {
  /** Emitted when the state of the connection changes, or the transport that carries it. */
  connection: ConnectionState;
  /** Emitted when the device's clock is found to be off by over two seconds, by another time, or no longer. */
  clock: ClockOffset;
  /** Emitted when the service receives no positions, so what is shown may be old; new snapshots follow when it does. */
  stale: Stale;
  /** Emitted when positions stop arriving on time, and when they arrive again; a new connection begins with `ok`. */
  service: ServiceState;
  /** Emitted when cars nearby move, appear or leave. */
  cars: VehicleChanges<Car>;
  /** Emitted when the driver of the watched trip moves, each position newer than the one before. */
  position: DriverPosition;
  /** Emitted when the driver of the watched trip goes offline or loses signal; the next `position` ends that. */
  gone: DriverGone;
  /** Emitted when a trip of this rider changes: each version once, whether it arrives as a push or in an answer. */
  trip: Trip;
  /** Emitted when the estimated time of arrival changes. */
  eta: TripEta;
  /** Emitted when the driver of an open trip connects or disconnects. */
  presence: TripPresence;
  /** Emitted when dispatch sends a notice, once each. */
  notice: Notice;
  /** Emitted when dispatch alerts everybody in an area that this rider's pin or car is in: once each, until it expires. */
  'area:alert': AreaAlert;
  /** Emitted when dispatch has withdrawn an alert, which is shown no longer; also for one that this client has not emitted. */
  'area:withdrawn': WithdrawnAlert;
  /** Emitted when a watch cannot be restored on a new connection, for example because the trip has ended. */
  dropped: DroppedRiderWatch;
};

/** A watch that could not be restored. */
export type DroppedRiderWatch = {
  /** kind of the watch */
  watch: 'nearby' | 'trip';
  /** cause, with the code of the service */
  error: HexfleetError;
};

type NearbyPush = { frame: CarFrame } | { cars: Car[] };

/**
 * Client of the rider app: cars near a pin, then a trip and its driver. Watches are restored after a reconnection, and
 * retried while the service says so. A watch that is refused for good, or aborted, also ends the one that it was to
 * replace.
 */
export class RiderClient extends Emitter<RiderEvents> {
  readonly #connection: Connection<'/rider'>;
  readonly #api: RiderApi;
  /** The nearest cars around the pin, under names that last for some minutes, on a coarse grid. */
  readonly cars = new Vehicles<Car>();
  readonly #nearby: Watch<NearbyWatch, NearbyView, NearbyPush>;
  readonly #trip: RiderTrip;

  /** Creates a client with a connection of its own, which `connect` opens. */
  constructor(options: ClientOptions) {
    super();
    const connection = new Connection('/rider', options);
    this.#connection = connection;
    this.#api = new RiderApi(options);
    connection.onChange((state) => this.emit('connection', state));
    connection.clock.on('change', (clock) => this.emit('clock', clock));
    connection.on('stale', (stale) => this.emit('stale', stale));
    this.#nearby = new Watch(connection, {
      request: (area, delta, options) => connection.request('nearby:watch', { ...area, delta }, options),
      applySnapshot: (view) => this.#applyCars(view),
      apply: (push) => this.#applyPush(push),
      clear: () => this.cars.reset([]),
      unwatch: (_area, options) => connection.request('nearby:unwatch', {}, options),
      dropped: (error) => this.emit('dropped', { watch: 'nearby', error }),
    });
    this.#trip = new RiderTrip(connection, this.#api, {
      trip: (trip) => this.emit('trip', trip),
      eta: (eta) => this.emit('eta', eta),
      position: (position) => this.emit('position', position),
      gone: (gone) => this.emit('gone', gone),
      presence: (presence) => this.emit('presence', presence),
      notice: (notice) => this.emit('notice', notice),
      dropped: (error) => this.emit('dropped', { watch: 'trip', error }),
    });
    trackServiceState(connection, (state) => this.emit('service', state));
    connection.on('cars', (frame) => this.#nearby.pass({ frame }));
    // An HTTP stream may start over with a snapshot.
    connection.on('snapshot', ({ cars }) => this.#nearby.pass({ cars }));
    connection.on('presence', (presence) => this.emit('presence', presence));
    onAreaAlert(connection, (alert) => this.emit('area:alert', alert));
    connection.on('area:withdrawn', (alert) => this.emit('area:withdrawn', alert));
  }

  /** Returns the service's time, epoch ms, however wrong the device's clock is; compare times of the service with it. */
  now(): number {
    return this.#connection.clock.now();
  }

  /** Connects, and stays connected. @throws {HexfleetError} when the token is refused; an abort stops the attempts */
  connect(options: Abortable = {}): Promise<Hello> {
    return this.#connection.open(options);
  }

  /** Ends the connection. Watches are restored by the next `connect`. */
  close(): void {
    this.#connection.close();
  }

  /**
   * Watches an area instead of the previous one; after a move, the service sends only the delta.
   * @returns the nearest available cars in it, twelve at most, and some of them just beyond its edge
   * @throws {HexfleetError}
   */
  async watchNearby(area: NearbyWatch, options: Abortable = {}): Promise<Car[]> {
    await this.#nearby.watch(area, options);
    return [...this.cars];
  }

  /** Stops watching the area. @throws {HexfleetError} */
  unwatchNearby(options: Abortable = {}): Promise<void> {
    return this.#nearby.unwatch(options);
  }

  /**
   * Requests a car and watches the trip: `trip` brings its states, and `position` its driver once one has accepted.
   * Works without a connection, too; the events arrive once there is one.
   * @returns the new trip
   * @throws {HexfleetError} RIDER_ON_TRIP: see {@link openTrip}
   */
  async requestTrip(journey: Journey, options: ChangeOptions = {}): Promise<Trip> {
    const trip = await this.#api.requestTrip(journey, options);
    this.#trip.begin(trip);
    return trip;
  }

  /** Returns the open trip, if any, and watches it; for an app that was restarted. */
  async openTrip(options: Abortable = {}): Promise<Trip | null> {
    const [trip = null] = await this.#api.openTrips(options);
    if (trip !== null) this.#trip.begin(trip);
    return trip;
  }

  /** Cancels a trip. @throws {HexfleetError} BAD_STATE when it has ended */
  cancelTrip(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#trip.cancel(tripId, options);
  }

  /**
   * Watches an open trip of this rider instead of the previous one, and its driver once there is one.
   * @throws {HexfleetError} NOT_YOUR_TRIP, TRIP_OVER, NO_SUCH_TRIP
   */
  watchTrip(tripId: string, options: Abortable = {}): Promise<TripView> {
    return this.#trip.watch(tripId, options);
  }

  /** Returns the chat of a trip with its driver; the same one each time until it is closed. */
  chat(tripId: string): Chat {
    return chatOf(this.#connection, 'rider', tripId);
  }

  #applyCars({ cars, removedCells, delta }: NearbyView): (push: NearbyPush) => boolean {
    this.emit('cars', this.cars.applyView(cars, removedCells, delta));
    const removed = new Set(removedCells);
    return (push) => !('frame' in push && removed.has(push.frame.cell));
  }

  #applyPush(push: NearbyPush): void {
    if ('frame' in push) this.emit('cars', { ...this.cars.apply(push.frame), snapshot: false });
    else {
      this.cars.reset(push.cars);
      this.emit('cars', { moved: push.cars, gone: [], snapshot: true });
    }
  }
}

import type {
  DriverGone,
  DriverPosition,
  Frame,
  Hello,
  NearbyView,
  NearbyWatch,
  Notice,
  Trip,
  TripEta,
  TripPresence,
  Vehicle,
} from '#protocol';
import { Api, type ChangeOptions, type Journey } from './api.js';
import type { Chat } from './chat/chat.js';
import { chatOf } from './chat/chats.js';
import { type ClientOptions, Connection, type ConnectionState } from './connection/connection.js';
import type { HexfleetError } from './connection/errors.js';
import { type VehicleChanges, Vehicles } from './subscriptions/vehicles.js';
import { Watch } from './subscriptions/watch.js';
import { RiderTrip, type TripView } from './trips/rider-trip.js';
import { Emitter } from './util/emitter.js';
import type { Abortable } from './util/event-promise.js';

/** The events of a {@link RiderClient}. */
export type RiderEvents = {
  /** the connection came, went, or was refused */
  connection: ConnectionState;
  /** what changed among the cars nearby */
  cars: VehicleChanges;
  /** where the followed driver is, each one newer than the one before */
  position: DriverPosition;
  /** the followed driver went offline or fell silent; the next `position` says that it is back */
  gone: DriverGone;
  /** a trip of this rider: each version once, whether a push or an answer told it first */
  trip: Trip;
  /** when the car will be there, as estimated anew */
  eta: TripEta;
  /** whether the driver of an open trip is connected */
  presence: TripPresence;
  /** what dispatch has to say, each once */
  notice: Notice;
  /** a watch that could not be restored on a new connection, such as of a trip that is over by now */
  dropped: DroppedRiderWatch;
};

/** A watch that could not be restored. */
export type DroppedRiderWatch = {
  /** of the cars nearby, or of a trip */
  watch: 'nearby' | 'trip';
  /** why, with the code of the service */
  error: HexfleetError;
};

type NearbyPush = { frame: Frame } | { cars: Vehicle[] };

/**
 * The rider app's end: cars near a pin, then a trip and its driver. Watches are restored after a reconnection, and asked for
 * again while the service says so. One that is refused for good, or aborted, ends the one that it was to replace.
 */
export class RiderClient extends Emitter<RiderEvents> {
  readonly #connection: Connection<'/rider'>;
  readonly #api: Api;
  /** Cars near the pin, under pseudonyms. */
  readonly cars = new Vehicles();
  readonly #nearby: Watch<NearbyWatch, NearbyView, NearbyPush>;
  readonly #trip: RiderTrip;

  /** A client of its own connection, which begins with `connect`. */
  constructor(options: ClientOptions) {
    super();
    const connection = new Connection('/rider', options);
    this.#connection = connection;
    this.#api = new Api(options);
    connection.onChange((state) => this.emit('connection', state));
    this.#nearby = new Watch(connection, {
      ask: (area, delta, options) => connection.request('nearby:watch', { ...area, delta }, options),
      take: (view) => this.#takeCars(view),
      apply: (push) => this.#changed(push),
      forget: () => this.cars.reset([]),
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
    connection.on('cars', (frame) => this.#nearby.pass({ frame }));
    // What is read over plain HTTP may begin anew.
    connection.on('snapshot', ({ cars }) => this.#nearby.pass({ cars }));
    connection.on('presence', (presence) => this.emit('presence', presence));
  }

  /** Connects, and stays connected. @throws {HexfleetError} when the token is refused; an abort ends the tries */
  connect(options: Abortable = {}): Promise<Hello> {
    return this.#connection.open(options);
  }

  /** Ends the connection. What is watched stays so, for when it is connected again. */
  close(): void {
    this.#connection.close();
  }

  /**
   * Replaces the area watched before; of one that moves, only the delta is sent.
   * @returns the available cars near it, and some beyond its edge
   * @throws {HexfleetError}
   */
  async watchNearby(area: NearbyWatch, options: Abortable = {}): Promise<Vehicle[]> {
    await this.#nearby.want(area, options);
    return [...this.cars];
  }

  /** Watches no area any more. @throws {HexfleetError} */
  unwatchNearby(options: Abortable = {}): Promise<void> {
    return this.#nearby.drop(options);
  }

  /**
   * Asks for a car, and watches the trip: its states come as `trip`, and once a driver has accepted, where it is.
   * Nothing is lost while there is no connection; that only has to be there, or come, for `trip` and `position`.
   * @returns the trip as it was opened
   * @throws {HexfleetError} RIDER_ON_TRIP: see {@link openTrip}
   */
  async requestTrip(journey: Journey, options: ChangeOptions = {}): Promise<Trip> {
    const trip = await this.#api.requestTrip(journey, options);
    this.#trip.begin(trip);
    return trip;
  }

  /** The trip that is under way, if there is one, which is watched from now on: for an app that was started again. */
  async openTrip(options: Abortable = {}): Promise<Trip | null> {
    const [trip = null] = await this.#api.openTrips(options);
    if (trip !== null) this.#trip.begin(trip);
    return trip;
  }

  /** Calls a trip off. @throws {HexfleetError} BAD_STATE when it is over */
  cancelTrip(tripId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.#trip.cancel(tripId, options);
  }

  /**
   * Follows an open trip of one's own and, once there is one, its driver; no longer the trip before.
   * @throws {HexfleetError} NOT_YOUR_TRIP, TRIP_OVER, NO_SUCH_TRIP
   */
  watchTrip(tripId: string, options: Abortable = {}): Promise<TripView> {
    return this.#trip.watch(tripId, options);
  }

  /** The chat of a trip with its driver; the same one each time, until it is closed. */
  chat(tripId: string): Chat {
    return chatOf(this.#connection, 'rider', tripId);
  }

  #takeCars({ cars, removedCells, delta }: NearbyView): (push: NearbyPush) => boolean {
    this.emit('cars', this.cars.look(cars, removedCells, delta));
    const leftCells = new Set(removedCells);
    return (push) => !('frame' in push && leftCells.has(push.frame.cell));
  }

  #changed(push: NearbyPush): void {
    if ('frame' in push) this.emit('cars', { ...this.cars.apply(push.frame), snapshot: false });
    else {
      this.cars.reset(push.cars);
      this.emit('cars', { moved: push.cars, gone: [], snapshot: true });
    }
  }
}

import type {
  DriverGone,
  DriverPosition,
  Frame,
  Hello,
  NearbyView,
  NearbyWatch,
  PartnerPresence,
  Trip,
  Vehicle,
} from '#protocol';
import { isOpen } from '#protocol';
import { type ClientOptions, Connection, type ConnectionState } from './connection.js';
import { Emitter } from './emitter.js';
import type { HexfleetError } from './errors.js';
import type { Abortable } from './settled.js';
import { type VehicleChanges, Vehicles } from './vehicles.js';
import { Watch } from './watch.js';

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
  /** a trip of this rider, after each change */
  trip: Trip;
  /** whether the driver of an open trip is connected */
  presence: PartnerPresence;
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

/** What a watched trip answers. */
export type TripView = {
  /** as it is now */
  trip: Trip;
  /** of its driver; null until that is heard */
  position: DriverPosition | null;
  /** whether the driver is connected; null until one has accepted */
  presence: PartnerPresence | null;
};

type DriverPush = { position: DriverPosition } | { gone: DriverGone };

/**
 * The rider app's end: cars near a pin, then one's own driver. Watches are restored after a reconnection, and asked for
 * again while the service says so. One that is refused for good, or aborted, ends the one that it was to replace.
 */
export class RiderClient extends Emitter<RiderEvents> {
  readonly #connection: Connection;
  /** Cars near the pin, under pseudonyms. */
  readonly cars = new Vehicles();
  readonly #nearby: Watch<NearbyWatch, NearbyView, Frame>;
  readonly #trip: Watch<string, TripView, DriverPush>;
  #tripId: string | null = null;
  #driverId: string | null = null;
  #positionT = 0;

  /** A client of its own connection, which begins with `connect`. */
  constructor(options: ClientOptions) {
    super();
    const connection = new Connection('/rider', options);
    this.#connection = connection;
    connection.onState((state) => this.emit('connection', state));
    this.#nearby = new Watch(connection, {
      ask: (area, _isKnown, options) => connection.request('nearby:watch', area, options),
      take: (view) => this.#takeCars(view),
      apply: (frame) => this.emit('cars', { ...this.cars.apply(frame), snapshot: false }),
      forget: () => this.cars.reset([]),
      unwatch: (_area, options) => connection.request('nearby:unwatch', {}, options),
      dropped: (error) => this.emit('dropped', { watch: 'nearby', error }),
    });
    this.#trip = new Watch(connection, {
      ask: (tripId, _isKnown, options) => connection.request('trip:watch', { tripId }, options),
      take: (view, tripId) => this.#takeTrip(view, tripId),
      apply: (push) => this.#heard(push),
      forget: () => this.#follow(null),
      // The service ends it with the trip; until then its pushes are left aside.
      unwatch: async () => {},
      dropped: (error) => this.emit('dropped', { watch: 'trip', error }),
    });
    connection.on('cars', (frame: Frame) => this.#nearby.pass(frame));
    connection.on('position', (position: DriverPosition) => this.#trip.pass({ position }));
    connection.on('gone', (gone: DriverGone) => this.#trip.pass({ gone }));
    connection.on('presence', (presence: PartnerPresence) => this.emit('presence', presence));
    connection.on('trip', (trip: Trip) => this.#tripChanged(trip));
  }

  /** Connects, and stays connected. @throws {HexfleetError} when the token is refused; an abort ends the tries */
  connect(options: Abortable = {}): Promise<Hello> {
    return this.#connection.open(options);
  }

  /** Ends the connection. What is watched stays so, for when it is connected again. */
  close(): void {
    this.#connection.close();
  }

  /** Replaces the area watched before. @throws {HexfleetError} */
  async watchNearby(area: NearbyWatch, options: Abortable = {}): Promise<Vehicle[]> {
    return (await this.#nearby.want(area, options)).cars;
  }

  /** Watches no area any more. @throws {HexfleetError} */
  unwatchNearby(options: Abortable = {}): Promise<void> {
    return this.#nearby.drop(options);
  }

  /**
   * Follows the driver of an open trip of one's own, and no longer that of the trip before.
   * @throws {HexfleetError} NOT_YOUR_TRIP, TRIP_OVER, NO_SUCH_TRIP
   */
  watchTrip(tripId: string, options: Abortable = {}): Promise<TripView> {
    if (tripId !== this.#tripId) this.#follow(tripId);
    return this.#trip.want(tripId, options);
  }

  #takeCars({ cars, left }: NearbyView): (frame: Frame) => boolean {
    this.cars.reset(cars);
    this.emit('cars', { moved: cars, gone: [], snapshot: true });
    const leftCells = new Set(left);
    return ({ cell }) => !leftCells.has(cell);
  }

  #takeTrip({ trip, position, presence }: TripView, tripId: string): (push: DriverPush) => boolean {
    if (tripId === this.#tripId) {
      this.#driverId = trip.driverId;
      this.emit('trip', trip);
      if (presence !== null) this.emit('presence', presence);
      if (position !== null) this.#heard({ position });
    }
    return () => true;
  }

  #follow(tripId: string | null): void {
    this.#tripId = tripId;
    this.#driverId = null;
    this.#positionT = 0;
  }

  #tripChanged(trip: Trip): void {
    if (trip.id === this.#tripId && !isOpen(trip.state)) this.#trip.end();
    this.emit('trip', trip);
  }

  /** The snapshot and the first pushes may overlap or cross; only what is newer is news. */
  #heard(push: DriverPush): void {
    const { driverId, t } = 'position' in push ? push.position : push.gone;
    if (driverId !== this.#driverId || t < this.#positionT) return;
    if ('gone' in push) this.emit('gone', push.gone);
    else if (t > this.#positionT) {
      this.#positionT = t;
      this.emit('position', push.position);
    }
  }
}

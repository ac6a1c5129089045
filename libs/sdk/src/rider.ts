import type {
  DriverGone,
  DriverPosition,
  Frame,
  Hello,
  NearbyWatch,
  PartnerPresence,
  Trip,
  Vehicle,
  WatchedTrip,
} from '#protocol';
import { isOpen } from '#protocol';
import { type ClientOptions, Connection, type ConnectionState } from './connection.js';
import { Emitter } from './emitter.js';
import { restore } from './restore.js';
import { Vehicles } from './vehicles.js';

type RiderEvents = {
  connection: ConnectionState;
  /** what changed among the cars nearby; `snapshot` when everything was read anew */
  cars: { moved: Vehicle[]; gone: string[]; snapshot: boolean };
  position: DriverPosition;
  gone: DriverGone;
  trip: Trip;
  presence: PartnerPresence;
};

/** The rider app's end: cars near a pin, then one's own driver. Watches are restored after a reconnection. */
export class RiderClient extends Emitter<RiderEvents> {
  readonly #connection: Connection;
  /** Cars near the pin, under pseudonyms. */
  readonly cars = new Vehicles();
  #area: NearbyWatch | null = null;
  #tripId: string | null = null;
  #positionT = 0;

  constructor(options: ClientOptions) {
    super();
    this.#connection = new Connection('/rider', options);
    this.#connection.on('cars', (frame: Frame) => {
      if (this.#area !== null) this.emit('cars', { ...this.cars.apply(frame), snapshot: false });
    });
    this.#connection.on('position', (position: DriverPosition) => this.#moved(position));
    this.#connection.on('gone', (gone: DriverGone) => this.emit('gone', gone));
    this.#connection.on('trip', (trip: Trip) => {
      if (trip.id === this.#tripId && !isOpen(trip.state)) this.#tripId = null;
      this.emit('trip', trip);
    });
    this.#connection.on('presence', (presence: PartnerPresence) => this.emit('presence', presence));
    this.#connection.onState((state) => {
      this.emit('connection', state);
      if (state.state !== 'online') return;
      const [area, tripId] = [this.#area, this.#tripId];
      if (area !== null)
        void restore(
          this.#connection,
          () => this.#area === area,
          () => this.watchNearby(area),
        );
      if (tripId !== null)
        void restore(
          this.#connection,
          () => this.#tripId === tripId,
          () => this.watchTrip(tripId),
        );
    });
  }

  connect(): Promise<Hello> {
    return this.#connection.open();
  }

  close(): void {
    this.#connection.close();
  }

  /** Replaces the area watched before. @throws {HexfleetError} */
  async watchNearby(area: NearbyWatch): Promise<Vehicle[]> {
    this.#area = area;
    const { cars } = await this.#connection.request<{ cars: Vehicle[] }>('nearby:watch', area);
    this.cars.reset(cars);
    this.emit('cars', { moved: cars, gone: [], snapshot: true });
    return cars;
  }

  async unwatchNearby(): Promise<void> {
    this.#area = null;
    this.cars.reset([]);
    await this.#connection.request('nearby:unwatch', {});
  }

  /** Follows the driver of an open trip of one's own. @throws {HexfleetError} NOT_YOUR_TRIP, TRIP_OVER, NO_SUCH_TRIP */
  async watchTrip(tripId: string): Promise<WatchedTrip> {
    if (tripId !== this.#tripId) this.#positionT = 0;
    this.#tripId = tripId;
    const answer = await this.#connection.request<WatchedTrip>('trip:watch', { tripId });
    this.emit('trip', answer.trip);
    if (answer.presence !== null) this.emit('presence', answer.presence);
    if (answer.position !== null) this.#moved(answer.position);
    return answer;
  }

  /** The snapshot and the first pushes may overlap or cross; only newer positions are news. */
  #moved(position: DriverPosition): void {
    if (position.t <= this.#positionT) return;
    this.#positionT = position.t;
    this.emit('position', position);
  }
}

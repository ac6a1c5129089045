import type { DriverGone, DriverPosition, FleetWatch, Frame, Hello, Vehicle } from '#protocol';
import { type ClientOptions, Connection, type ConnectionState } from './connection.js';
import { Emitter } from './emitter.js';
import { restore } from './restore.js';
import { Vehicles } from './vehicles.js';

type DispatchEvents = {
  connection: ConnectionState;
  /** what changed in the watched area; `snapshot` when everything was read anew */
  fleet: { moved: Vehicle[]; gone: string[]; snapshot: boolean };
  position: DriverPosition;
  gone: DriverGone;
};

/** The dispatch desk's end: the fleet within a viewport, and single drivers. Watches survive a reconnection. */
export class DispatchClient extends Emitter<DispatchEvents> {
  readonly #connection: Connection;
  /** The vehicles of the watched cells, which reach a little beyond the viewport. */
  readonly vehicles = new Vehicles();
  #area: FleetWatch | null = null;
  readonly #drivers = new Set<string>();

  constructor(options: ClientOptions) {
    super();
    this.#connection = new Connection('/dispatch', options);
    this.#connection.on('fleet', (frame: Frame) => {
      if (this.#area !== null) this.emit('fleet', { ...this.vehicles.apply(frame), snapshot: false });
    });
    this.#connection.on('position', (position: DriverPosition) => this.emit('position', position));
    this.#connection.on('gone', (gone: DriverGone) => this.emit('gone', gone));
    this.#connection.onState((state) => {
      this.emit('connection', state);
      if (state.state !== 'online') return;
      const area = this.#area;
      if (area !== null)
        void restore(
          this.#connection,
          () => this.#area === area,
          () => this.watchFleet(area),
        );
      for (const driverId of this.#drivers)
        void restore(
          this.#connection,
          () => this.#drivers.has(driverId),
          () => this.watchDriver(driverId),
        );
    });
  }

  connect(): Promise<Hello> {
    return this.#connection.open();
  }

  close(): void {
    this.#connection.close();
  }

  /** Replaces the viewport watched before. @throws {HexfleetError} */
  async watchFleet(area: FleetWatch): Promise<Vehicle[]> {
    this.#area = area;
    const { vehicles } = await this.#connection.request<{ vehicles: Vehicle[] }>('fleet:watch', area);
    this.vehicles.reset(vehicles);
    this.emit('fleet', { moved: vehicles, gone: [], snapshot: true });
    return vehicles;
  }

  async unwatchFleet(): Promise<void> {
    this.#area = null;
    this.vehicles.reset([]);
    await this.#connection.request('fleet:unwatch', {});
  }

  async watchDriver(driverId: string): Promise<DriverPosition | null> {
    this.#drivers.add(driverId);
    const { position } = await this.#connection.request<{ position: DriverPosition | null }>('driver:watch', {
      driverId,
    });
    return position;
  }

  async unwatchDriver(driverId: string): Promise<void> {
    this.#drivers.delete(driverId);
    await this.#connection.request('driver:unwatch', { driverId });
  }
}

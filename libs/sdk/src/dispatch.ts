import type {
  CellCount,
  DriverGone,
  DriverPosition,
  FleetView,
  FleetWatch,
  Frame,
  Hello,
  Vehicle,
} from '#protocol';
import { type ClientOptions, Connection, type ConnectionState } from './connection.js';
import { Emitter } from './emitter.js';
import { restore } from './restore.js';
import { Vehicles, type WatchedChanges } from './vehicles.js';

/** What a dispatch desk hears. */
export type DispatchEvents = {
  /** whether the service is there */
  connection: ConnectionState;
  /** what changed in the watched area */
  fleet: WatchedChanges;
  /** instead, when the viewport holds more vehicles than a screen can use */
  counts: CellCount[];
  /** of a watched driver, each accepted fix */
  position: DriverPosition;
  /** a watched driver left */
  gone: DriverGone;
};

/** The dispatch desk's end: the fleet within a viewport, and single drivers. Watches survive a reconnection. */
export class DispatchClient extends Emitter<DispatchEvents> {
  readonly #connection: Connection;
  /** The vehicles of the watched cells, which reach a little beyond the viewport. */
  readonly vehicles = new Vehicles();
  #area: FleetWatch | null = null;
  #watching: Promise<unknown> = Promise.resolve();
  /** the connection on which the service and this client agree on what is watched */
  #synced: ConnectionState | null = null;
  readonly #drivers = new Set<string>();

  constructor(options: ClientOptions) {
    super();
    this.#connection = new Connection('/dispatch', options);
    this.#connection.on('fleet', (frame: Frame) => {
      if (this.#area !== null) this.emit('fleet', { ...this.vehicles.apply(frame), snapshot: false });
    });
    this.#connection.on('counts', ({ counts }: { counts: CellCount[] }) => {
      if (this.#area !== null) this.emit('counts', counts);
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

  /** Resolves when the service greeted this client. @throws {HexfleetError} when it refuses the token. */
  connect(): Promise<Hello> {
    return this.#connection.open();
  }

  /** Ends the connection for good. */
  close(): void {
    this.#connection.close();
  }

  /**
   * Replaces the viewport watched before; of one that moves, only the difference is sent.
   * @returns its vehicles; none when there are more than a screen can use: then `counts` come instead
   * @throws {HexfleetError}
   */
  watchFleet(area: FleetWatch): Promise<Vehicle[]> {
    this.#area = area;
    return this.#inTurn(() => this.#watch(area));
  }

  /** Watches no viewport any more. */
  unwatchFleet(): Promise<void> {
    this.#area = null;
    return this.#inTurn(async () => {
      this.#synced = null;
      this.vehicles.reset([]);
      await this.#connection.request('fleet:unwatch', {});
    });
  }

  async #watch(area: FleetWatch): Promise<Vehicle[]> {
    const { state } = this.#connection;
    const difference = this.#synced === state;
    this.#synced = null;
    const view = await this.#connection.request<FleetView>('fleet:watch', { ...area, difference });
    this.#synced = state;
    if (!difference) this.vehicles.reset([]);
    const left = this.vehicles.leave(view.left);
    const moved = this.vehicles.add(view.vehicles);
    const gone = left.filter((id) => this.vehicles.get(id) === undefined);
    this.emit('fleet', { moved, gone, snapshot: !difference });
    if (view.counts !== null) this.emit('counts', view.counts);
    return [...this.vehicles];
  }

  /** One after the other: a difference is one from the answer before. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#watching.catch(() => {}).then(work);
    this.#watching = done;
    return done;
  }

  /** Follows one driver. @returns where it is, null before it is heard. @throws {HexfleetError} */
  async watchDriver(driverId: string): Promise<DriverPosition | null> {
    this.#drivers.add(driverId);
    const { position } = await this.#connection.request<{ position: DriverPosition | null }>('driver:watch', {
      driverId,
    });
    return position;
  }

  /** Does not follow it any more. */
  async unwatchDriver(driverId: string): Promise<void> {
    this.#drivers.delete(driverId);
    await this.#connection.request('driver:unwatch', { driverId });
  }
}

import type {
  CellCount,
  ChatPage,
  DriverGone,
  DriverPosition,
  FleetView,
  FleetWatch,
  Frame,
  Hello,
  RegionEvent,
  Trip,
  Vehicle,
} from '#protocol';
import { type ClientOptions, Connection, type ConnectionState } from './connection/connection.js';
import type { HexfleetError } from './connection/errors.js';
import { RegionFeeds } from './feed/region-feeds.js';
import { type VehicleChanges, Vehicles } from './subscriptions/vehicles.js';
import { Watch } from './subscriptions/watch.js';
import { DispatchTrips } from './trips/dispatch-trips.js';
import { Emitter } from './util/emitter.js';
import type { Abortable } from './util/event-promise.js';

/** The events of a {@link DispatchClient}. */
export type DispatchEvents = {
  /** the connection came, went, or was refused */
  connection: ConnectionState;
  /** what changed in the watched area */
  fleet: VehicleChanges;
  /** instead, when the viewport holds more vehicles than a screen can use */
  counts: CellCount[];
  /** where a followed driver is: of the answer to its watch, and from then on each accepted fix */
  position: DriverPosition;
  /** a followed driver went offline or fell silent; the next `position` says that it is back */
  gone: DriverGone;
  /** all open trips, a thousand at most, read anew: what is not among them is over */
  trips: Trip[];
  /** a watched trip after each change, each version once; one that is over, too */
  trip: Trip;
  /** what happened in a watched region: each once, in order */
  news: RegionEvent;
  /** more happened in this region during a cut than the service keeps; the open trips are read anew */
  missed: MissedNews;
  /** a watch that could not be restored on a new connection */
  dropped: DroppedWatch;
};

/** Of which region news were missed. */
export type MissedNews = {
  /** H3 cell of resolution 3 */
  region: string;
};

/** A watch that could not be restored. */
export type DroppedWatch = {
  /** what was watched */
  watch: 'fleet' | 'driver' | 'trips';
  /** of this driver; null of anything else */
  driverId: string | null;
  /** why, with the code of the service */
  error: HexfleetError;
};

type FleetPush = { frame: Frame } | { counts: CellCount[] };
type DriverPush = { position: DriverPosition } | { gone: DriverGone };
type DriverView = { position: DriverPosition | null };

/**
 * The dispatch desk's end: the fleet within a viewport, single drivers, and all trips. Watches are restored after a reconnection, and
 * asked for again while the service says so. One that is refused for good, or aborted, ends the one that it was to replace.
 */
export class DispatchClient extends Emitter<DispatchEvents> {
  readonly #connection: Connection<'/dispatch'>;
  /** The vehicles of the watched cells, which reach a little beyond the viewport. */
  readonly vehicles = new Vehicles();
  readonly #fleet: Watch<FleetWatch, FleetView, FleetPush>;
  readonly #drivers = new Map<string, Watch<string, DriverView, DriverPush>>();
  readonly #trips: DispatchTrips;
  readonly #regions: RegionFeeds;
  #regionsInView: readonly string[] = [];

  /** A client of its own connection, which begins with `connect`. */
  constructor(options: ClientOptions) {
    super();
    const connection = new Connection('/dispatch', options);
    this.#connection = connection;
    connection.onChange((state) => this.emit('connection', state));
    this.#fleet = new Watch(connection, {
      ask: (area, delta, options) => connection.request('fleet:watch', { ...area, delta }, options),
      take: (view, _area, delta) => this.#takeFleet(view, delta),
      apply: (push) => this.#changed(push),
      forget: () => this.vehicles.reset([]),
      unwatch: (_area, options) => connection.request('fleet:unwatch', {}, options),
      dropped: (error) => this.emit('dropped', { watch: 'fleet', driverId: null, error }),
    });
    this.#trips = new DispatchTrips(connection, {
      trips: (open) => this.emit('trips', open),
      trip: (trip) => this.emit('trip', trip),
      dropped: (error) => this.emit('dropped', { watch: 'trips', driverId: null, error }),
    });
    this.#regions = new RegionFeeds(connection, {
      news: (news) => this.emit('news', news),
      missed: (region) => {
        this.emit('missed', { region });
        this.#trips.refresh();
      },
    });
    connection.on('fleet', (frame) => this.#fleet.pass({ frame }));
    connection.on('counts', ({ counts }) => this.#fleet.pass({ counts }));
    connection.on('position', (position) => this.#drivers.get(position.driverId)?.pass({ position }));
    connection.on('gone', (gone) => this.#drivers.get(gone.driverId)?.pass({ gone }));
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
   * Replaces the viewport watched before; of one that moves, only the delta is sent.
   * @returns its vehicles; none when there are more than a screen can use: then `counts` come instead
   * @throws {HexfleetError}
   */
  async watchFleet(area: FleetWatch, options: Abortable = {}): Promise<Vehicle[]> {
    await this.#fleet.want(area, options);
    return [...this.vehicles];
  }

  /** The regions that the watched viewport touches, H3 cells of resolution 3. */
  get regions(): readonly string[] {
    return this.#regionsInView;
  }

  /** Watches no viewport any more. @throws {HexfleetError} */
  unwatchFleet(options: Abortable = {}): Promise<void> {
    return this.#fleet.drop(options);
  }

  /** Follows a driver, besides those that are followed already. @throws {HexfleetError} TOO_MANY_WATCHES */
  async watchDriver(driverId: string, options: Abortable = {}): Promise<DriverPosition | null> {
    const watch = this.#drivers.get(driverId) ?? this.#watchOf(driverId);
    try {
      return (await watch.want(driverId, options)).position;
    } finally {
      this.#tidy(driverId);
    }
  }

  /** Follows a driver no longer. @throws {HexfleetError} */
  async unwatchDriver(driverId: string, options: Abortable = {}): Promise<void> {
    try {
      await this.#drivers.get(driverId)?.drop(options);
    } finally {
      this.#tidy(driverId);
    }
  }

  /** Follows all trips. @returns those that are open, a thousand at most. @throws {HexfleetError} */
  watchTrips(options: Abortable = {}): Promise<Trip[]> {
    return this.#trips.watch(options);
  }

  /** Follows trips no longer. @throws {HexfleetError} */
  unwatchTrips(options: Abortable = {}): Promise<void> {
    return this.#trips.unwatch(options);
  }

  /**
   * Hears what happens in a region, besides those that are watched already.
   * @param region an H3 cell of resolution 3, as {@link regions} tells those of the viewport
   * @param after the id of the news that was seen last, at another time; null to begin with the next
   * @returns the id of the latest news, to go on from at another time
   * @throws {HexfleetError} TOO_MANY_WATCHES, BAD_REGION
   */
  watchRegion(region: string, after: string | null = null, options: Abortable = {}): Promise<string> {
    return this.#regions.watch(region, after, options);
  }

  /** Hears of a region no longer. @throws {HexfleetError} */
  unwatchRegion(region: string, options: Abortable = {}): Promise<void> {
    return this.#regions.unwatch(region, options);
  }

  /**
   * Reads the chat of a trip, where the installation allows support access; each look is written in the audit.
   * @throws {HexfleetError} SUPPORT_ACCESS_OFF, NO_SUCH_TRIP
   */
  chatHistory(
    tripId: string,
    page: { before?: number; limit?: number } = {},
    options: Abortable = {},
  ): Promise<ChatPage> {
    return this.#connection.request('chat:history', { tripId, ...page }, options);
  }

  /** Not before the service was told: who follows a driver again must not overtake that. */
  #tidy(driverId: string): void {
    const watch = this.#drivers.get(driverId);
    if (watch === undefined || watch.isWanted) return;
    watch.dispose();
    this.#drivers.delete(driverId);
  }

  #watchOf(driverId: string): Watch<string, DriverView, DriverPush> {
    const connection = this.#connection;
    const watch = new Watch<string, DriverView, DriverPush>(connection, {
      ask: (driverId, _isKnown, options) => connection.request('driver:watch', { driverId }, options),
      take: ({ position }) => {
        if (position === null) return () => true;
        this.emit('position', position);
        // What is no newer than the answer was pushed before it.
        return (push) => ('gone' in push ? push.gone.t >= position.t : push.position.t > position.t);
      },
      apply: (push) => {
        if ('gone' in push) this.emit('gone', push.gone);
        else this.emit('position', push.position);
      },
      forget: () => {},
      unwatch: (driverId, options) => connection.request('driver:unwatch', { driverId }, options),
      dropped: (error) => {
        this.#tidy(driverId);
        this.emit('dropped', { watch: 'driver', driverId, error });
      },
    });
    this.#drivers.set(driverId, watch);
    return watch;
  }

  #takeFleet(view: FleetView, delta: boolean): (push: FleetPush) => boolean {
    this.#regionsInView = view.regions;
    this.emit('fleet', this.vehicles.look(view.vehicles, view.removedCells, delta));
    if (view.counts !== null) this.emit('counts', view.counts);
    const leftCells = new Set(view.removedCells);
    return (push) => !('frame' in push && leftCells.has(push.frame.cell));
  }

  #changed(push: FleetPush): void {
    if ('counts' in push) this.emit('counts', push.counts);
    else this.emit('fleet', { ...this.vehicles.apply(push.frame), snapshot: false });
  }
}

import type {
  AlertMark,
  CellCount,
  ChatPage,
  CrossingEvent,
  DriverPosition,
  FleetAlerts,
  FleetPage,
  FleetSearch,
  FleetView,
  FleetWatch,
  Frame,
  Hello,
  RegionEvent,
  Trip,
  TripPage,
  TripSearch,
  Vehicle,
} from '#protocol';
import type { ClientOptions } from './connection/client-options.js';
import { Connection } from './connection/connection.js';
import { trackServiceState } from './connection/service-state.js';
import type { DispatchEvents } from './dispatch-events.js';
import { CROSSINGS, EVENTS, RegionFeeds } from './feed/region-feeds.js';
import { Vehicles, withTimes } from './subscriptions/vehicles.js';
import { Watch } from './subscriptions/watch.js';
import { DispatchTrips } from './trips/dispatch-trips.js';
import type { DriverPush } from './trips/rider-trip.js';
import { Emitter } from './util/emitter.js';
import type { Abortable } from './util/event-promise.js';
import type { ZonesEditorOptions, ZonesPush } from './zones/editor-types.js';
import type { ZoneEditor } from './zones/zone-editor.js';

const ZONES_PUSHES: ZonesPush[] = [
  'zones:update',
  'zones:head',
  'zones:awareness',
  'zones:joined',
  'zones:published',
];

/** The only query of the watch of alerts. */
const ALL = 'all';

type FleetPush = { frame: Frame } | { counts: CellCount[] };
type DriverView = { position: DriverPosition | null };

/**
 * Client of the dispatch board: the fleet in a viewport, single drivers, and all trips. Watches are restored after a
 * reconnection, and retried while the service says so. A watch that is refused for good, or aborted, also ends the one
 * that it was to replace.
 */
export class DispatchClient extends Emitter<DispatchEvents> {
  readonly #connection: Connection<'/dispatch'>;
  /** Vehicles in the watched cells, which extend a little beyond the viewport. */
  readonly vehicles = new Vehicles();
  readonly #fleet: Watch<FleetWatch, FleetView, FleetPush>;
  readonly #drivers = new Map<string, Watch<string, DriverView, DriverPush>>();
  readonly #trips: DispatchTrips;
  readonly #regions: RegionFeeds<Exclude<RegionEvent, CrossingEvent>>;
  readonly #crossings: RegionFeeds<CrossingEvent>;
  readonly #alerts: Watch<typeof ALL, FleetAlerts, FleetAlerts>;
  #regionsInView: readonly string[] = [];
  readonly #zoneEditors = new Set<ZoneEditor>();

  /** Creates a client with a connection of its own, which `connect` opens. */
  constructor(options: ClientOptions) {
    super();
    const connection = new Connection('/dispatch', options);
    this.#connection = connection;
    connection.onChange((state) => this.emit('connection', state));
    connection.clock.on('change', (clock) => this.emit('clock', clock));
    connection.on('stale', (stale) => this.emit('stale', stale));
    this.#fleet = new Watch(connection, {
      request: (area, delta, options) => connection.request('fleet:watch', { ...area, delta }, options),
      applySnapshot: (view, _area, delta) => this.#applyFleet(view, delta),
      apply: (push) => this.#applyPush(push),
      clear: () => this.vehicles.reset([]),
      unwatch: (_area, options) => connection.request('fleet:unwatch', {}, options),
      dropped: (error) => this.emit('dropped', { watch: 'fleet', driverId: null, error }),
    });
    this.#trips = new DispatchTrips(connection, {
      trips: (open) => this.emit('trips', open),
      trip: (trip) => this.emit('trip', trip),
      dropped: (error) => this.emit('dropped', { watch: 'trips', driverId: null, error }),
    });
    this.#alerts = new Watch(connection, {
      request: (_all, _isKnown, options) => connection.request('alerts:watch', {}, options),
      applySnapshot: (alerts) => {
        this.emit('alerts', alerts);
        return () => true;
      },
      apply: (alerts) => this.emit('alerts', alerts),
      clear: () => {},
      unwatch: (_all, options) => connection.request('alerts:unwatch', {}, options),
      dropped: (error) => this.emit('dropped', { watch: 'alerts', driverId: null, error }),
    });
    connection.on('alerts', (alerts) => this.#alerts.pass(alerts));
    this.#regions = new RegionFeeds(connection, EVENTS, {
      event: (event) => this.emit('region:event', event),
      missed: (region) => {
        this.emit('region:missed', { region });
        this.#trips.refresh();
      },
    });
    this.#crossings = new RegionFeeds(connection, CROSSINGS, {
      event: (event) => this.emit('zone:crossing', event),
      missed: (region) => this.emit('crossings:missed', { region }),
    });
    for (const event of ZONES_PUSHES)
      connection.on(event, (payload) => {
        for (const editor of this.#zoneEditors) editor.receive(event, payload as never);
      });
    connection.on('zones:published', (version) => this.emit('zones:published', version));
    connection.on('area:reached', (reach) => this.emit('area:reached', reach));
    trackServiceState(connection, (state) => this.emit('service', state));
    connection.on('fleet', (frame) => this.#fleet.pass({ frame: withTimes(frame, this.now()) }));
    connection.on('counts', ({ counts }) => this.#fleet.pass({ counts }));
    connection.on('position', (position) => this.#drivers.get(position.driverId)?.pass({ position }));
    connection.on('gone', (gone) => this.#drivers.get(gone.driverId)?.pass({ gone }));
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
   * Watches a viewport instead of the previous one; after a move, the service sends only the delta.
   * @returns its vehicles; none when there are more than a screen can show, which get `counts` instead
   * @throws {HexfleetError}
   */
  async watchFleet(area: FleetWatch, options: Abortable = {}): Promise<Vehicle[]> {
    await this.#fleet.watch(area, options);
    return [...this.vehicles];
  }

  /** Regions that the watched viewport touches, H3 cells of resolution 3. */
  get regions(): readonly string[] {
    return this.#regionsInView;
  }

  /** Stops watching the viewport. @throws {HexfleetError} */
  unwatchFleet(options: Abortable = {}): Promise<void> {
    return this.#fleet.unwatch(options);
  }

  /** Watches a driver, in addition to those already watched. @returns the latest position. @throws {HexfleetError} TOO_MANY_WATCHES */
  async watchDriver(driverId: string, options: Abortable = {}): Promise<DriverPosition | null> {
    const watch = this.#drivers.get(driverId) ?? this.#createWatch(driverId);
    try {
      return (await watch.watch(driverId, options)).position;
    } finally {
      this.#release(driverId);
    }
  }

  /** Stops watching a driver. @throws {HexfleetError} */
  async unwatchDriver(driverId: string, options: Abortable = {}): Promise<void> {
    try {
      await this.#drivers.get(driverId)?.unwatch(options);
    } finally {
      this.#release(driverId);
    }
  }

  /** Watches all trips. @returns the open ones, 1,000 at most. @throws {HexfleetError} */
  watchTrips(options: Abortable = {}): Promise<Trip[]> {
    return this.#trips.watch(options);
  }

  /** Stops watching trips. @throws {HexfleetError} */
  unwatchTrips(options: Abortable = {}): Promise<void> {
    return this.#trips.unwatch(options);
  }

  /**
   * Searches and lists the whole fleet, wherever the vehicles are, also those that left within the last day. The answer may be
   * some seconds old.
   * @throws {HexfleetError} BAD_SEARCH, BAD_LIMIT
   */
  searchFleet(search: FleetSearch, options: Abortable = {}): Promise<FleetPage> {
    return this.#connection.request('fleet:search', search, options);
  }

  /**
   * Returns trips of the last week that have ended, the last one first; `before` is `next` of the page before.
   * @throws {HexfleetError} BAD_SEARCH, BAD_LIMIT
   */
  tripHistory(search: TripSearch = {}, options: Abortable = {}): Promise<TripPage> {
    return this.#connection.request('trips:history', search, options);
  }

  /** Watches the alerts of the whole fleet. @returns those that hold now, 500 at most. @throws {HexfleetError} */
  watchAlerts(options: Abortable = {}): Promise<FleetAlerts> {
    return this.#alerts.watch(ALL, options);
  }

  /** Stops watching the alerts. @throws {HexfleetError} */
  unwatchAlerts(options: Abortable = {}): Promise<void> {
    return this.#alerts.unwatch(options);
  }

  /**
   * Dismisses alerts, takes them, or opens them again, for all dispatchers.
   * @param ids up to 200 alerts; those that have ended are ignored
   */
  async markAlerts(
    ids: readonly string[],
    as: AlertMark['as'] | 'open',
    options: Abortable = {},
  ): Promise<void> {
    this.emit('alerts', await this.#connection.request('alerts:mark', { ids: [...ids], as }, options));
  }

  /**
   * Watches the events of a region, in addition to those already watched.
   * @param region H3 cell of resolution 3; {@link regions} are those of the viewport
   * @param after id of the last event that was seen, to resume after it; null to start with the next event
   * @returns id of the latest event, from which a later watch can resume
   * @throws {HexfleetError} TOO_MANY_WATCHES, BAD_REGION
   */
  watchRegion(region: string, after: string | null = null, options: Abortable = {}): Promise<string> {
    return this.#regions.watch(region, after, options);
  }

  /** Stops watching a region. @throws {HexfleetError} */
  unwatchRegion(region: string, options: Abortable = {}): Promise<void> {
    return this.#regions.unwatch(region, options);
  }

  /**
   * Watches the crossings of zones in a region, which have a feed of their own; otherwise like {@link watchRegion}.
   * @throws {HexfleetError} TOO_MANY_WATCHES, BAD_REGION
   */
  watchCrossings(region: string, after: string | null = null, options: Abortable = {}): Promise<string> {
    return this.#crossings.watch(region, after, options);
  }

  /** Stops watching the crossings of zones in a region. @throws {HexfleetError} */
  unwatchCrossings(region: string, options: Abortable = {}): Promise<void> {
    return this.#crossings.unwatch(region, options);
  }

  /**
   * Reads the chat of a trip if the installation allows support access; every read is recorded in the audit log.
   * @throws {HexfleetError} SUPPORT_ACCESS_OFF, NO_SUCH_TRIP
   */
  chatHistory(
    tripId: string,
    page: { before?: number; limit?: number } = {},
    options: Abortable = {},
  ): Promise<ChatPage> {
    return this.#connection.request('chat:history', { tripId, ...page }, options);
  }

  /**
   * Opens the draft of the zones of a region, to edit it together with others; load it while the client is connected, or
   * was once on this device.
   * @param region H3 cell of resolution 3
   */
  async editZones(region: string, options: ZonesEditorOptions): Promise<ZoneEditor> {
    // Loaded when it is needed: apps that edit no zones have no use for Yjs.
    const { ZoneEditor } = await import('./zones/zone-editor.js');
    const editor = new ZoneEditor(this.#connection, region, options, () => this.#zoneEditors.delete(editor));
    this.#zoneEditors.add(editor);
    await editor.start();
    return editor;
  }

  /** Call it only after the service has answered, so that a new watch of the same driver cannot overtake the old unwatch. */
  #release(driverId: string): void {
    const watch = this.#drivers.get(driverId);
    if (watch === undefined || watch.isWanted) return;
    watch.dispose();
    this.#drivers.delete(driverId);
  }

  #createWatch(driverId: string): Watch<string, DriverView, DriverPush> {
    const connection = this.#connection;
    let newest = 0;
    // After a failover of Redis, an answer may be older than a push before it, and a push that was late older than an answer.
    const moved = (position: DriverPosition) => {
      if (position.t < newest) return;
      newest = position.t;
      this.emit('position', position);
    };
    const watch = new Watch<string, DriverView, DriverPush>(connection, {
      request: (driverId, _isKnown, options) => connection.request('driver:watch', { driverId }, options),
      applySnapshot: ({ position }) => {
        if (position === null) return () => true;
        moved(position);
        // A push that is not newer than the answer was sent before it.
        return (push) => ('gone' in push ? push.gone.t >= position.t : push.position.t > position.t);
      },
      apply: (push) => {
        if ('gone' in push) this.emit('gone', push.gone);
        else moved(push.position);
      },
      clear: () => {},
      unwatch: (driverId, options) => connection.request('driver:unwatch', { driverId }, options),
      dropped: (error) => {
        this.#release(driverId);
        this.emit('dropped', { watch: 'driver', driverId, error });
      },
    });
    this.#drivers.set(driverId, watch);
    return watch;
  }

  #applyFleet(view: FleetView, delta: boolean): (push: FleetPush) => boolean {
    this.#regionsInView = view.regions;
    this.emit('fleet', this.vehicles.applyView(view.vehicles, view.removedCells, delta));
    if (view.counts !== null) this.emit('counts', view.counts);
    const removedCells = new Set(view.removedCells);
    return (push) => !('frame' in push && removedCells.has(push.frame.cell));
  }

  #applyPush(push: FleetPush): void {
    if ('counts' in push) this.emit('counts', push.counts);
    else this.emit('fleet', { ...this.vehicles.apply(push.frame), snapshot: false });
  }
}

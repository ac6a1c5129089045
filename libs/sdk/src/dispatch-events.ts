import type {
  AlertReach,
  CellCount,
  CrossingEvent,
  DriverGone,
  DriverPosition,
  FleetAlerts,
  RegionEvent,
  ServiceState,
  Stale,
  Trip,
  VersionInfo,
} from '#protocol';
import type { ClockOffset } from './connection/clock.js';
import type { ConnectionState } from './connection/connection-state.js';
import type { HexfleetError } from './connection/errors.js';
import type { VehicleChanges } from './subscriptions/vehicles.js';

/** Events of a `DispatchClient`, by name. */
export type DispatchEvents = {
  /** Emitted when the state of the connection changes, or the transport that carries it. */
  connection: ConnectionState;
  /** Emitted when the device's clock is found to be off by over two seconds, by another time, or no longer. */
  clock: ClockOffset;
  /** Emitted when the service receives no positions, so what is shown may be old; new snapshots follow when it does. */
  stale: Stale;
  /** Emitted when vehicles in the watched viewport move, appear or leave. */
  fleet: VehicleChanges;
  /** Emitted instead of `fleet` when the viewport holds more vehicles than a screen can show. */
  counts: CellCount[];
  /** Emitted when positions stop arriving on time, and when they arrive again; a new connection begins with `ok`. */
  service: ServiceState;
  /** Emitted when a watched driver moves: first the position in the answer to the watch, then each accepted fix. */
  position: DriverPosition;
  /** Emitted when a watched driver goes offline or loses signal; the next `position` ends that. */
  gone: DriverGone;
  /** Emitted when the open trips are loaded or reloaded, 1,000 at most: a trip that is not among them has ended. */
  trips: Trip[];
  /** Emitted when a trip changes: each version once, including the last one. */
  trip: Trip;
  /** Emitted when the alerts of the fleet are loaded or reloaded, and when they change. */
  alerts: FleetAlerts;
  /** Emitted when something happens in a watched region: each event once, in order. */
  'region:event': Exclude<RegionEvent, CrossingEvent>;
  /** Emitted when an alert to an area that touches a watched region has reached more users. */
  'area:reached': AlertReach;
  /** Emitted when the client missed more events of a region than the service keeps; the open trips are reloaded. */
  'region:missed': MissedRegionEvents;
  /** Emitted when a version of the zones of a watched region is published, about a second before it takes effect. */
  'zones:published': VersionInfo;
  /** Emitted when a vehicle enters a zone, leaves it or stays in it, in a region whose crossings are watched: each once, in order. */
  'zone:crossing': CrossingEvent;
  /** Emitted when the client missed more crossings in a region than the service keeps. */
  'crossings:missed': MissedRegionEvents;
  /** Emitted when a watch cannot be restored on a new connection. */
  dropped: DroppedWatch;
};

/** Region whose events were missed. */
export type MissedRegionEvents = {
  /** H3 cell of resolution 3 */
  region: string;
};

/** A watch that could not be restored. */
export type DroppedWatch = {
  /** kind of the watch */
  watch: 'fleet' | 'driver' | 'trips' | 'alerts';
  /** the driver who was watched; null for other kinds */
  driverId: string | null;
  /** cause, with the code of the service */
  error: HexfleetError;
};

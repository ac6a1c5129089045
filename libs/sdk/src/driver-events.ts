import type {
  AreaAlert,
  Code,
  DeviceReplaced,
  DriverStatus,
  Fix,
  Notice,
  OfferedTrip,
  OfferOver,
  QueuePlace,
  Sampling,
  Trip,
  TripEta,
  TripPresence,
  WithdrawnAlert,
} from '#protocol';
import type { ClockOffset } from './connection/clock.js';
import type { ConnectionState } from './connection/connection-state.js';

/** Events of a `DriverClient`, by name. */
export type DriverEvents = {
  /** Emitted when the state of the connection changes, or the transport that carries it. */
  connection: ConnectionState;
  /** Emitted when the device's clock is found to be off by over two seconds, by another time, or no longer: from then on, the times of fixes are corrected by it. */
  clock: ClockOffset;
  /** Emitted when the service asks for another update interval. */
  sampling: Sampling;
  /** Emitted when the status of this driver changes on any of its devices, and on each connection; `deviceId` is the device that the service follows. */
  status: DriverStatus;
  /** Emitted when the place of this driver in the queue of a zone has changed; null when it waits in none any more. */
  queue: QueuePlace | null;
  /** Emitted when this driver is offered a trip: once, and not after the offer has expired. */
  offer: OfferedTrip;
  /** Emitted when an offer ends without an answer of this driver. */
  'offer:over': OfferOver;
  /** Emitted when a trip of this driver changes: each version once, whether it arrives as a push or in an answer. */
  trip: Trip;
  /** Emitted when the estimated time of arrival changes. */
  eta: TripEta;
  /** Emitted when the rider of an open trip connects or disconnects. */
  presence: TripPresence;
  /** Emitted when dispatch sends a notice, once each. After a notice that took it offline, this client sets its status to `offline`, too. */
  notice: Notice;
  /** Emitted when dispatch alerts everybody in an area that this driver is in: once each, until it expires. */
  'area:alert': AreaAlert;
  /** Emitted when dispatch has withdrawn an alert, which is shown no longer; also for one that this client has not emitted. */
  'area:withdrawn': WithdrawnAlert;
  /**
   * Emitted when another device of this driver has gone online, which the service follows from then on: it rejects the fixes
   * of this one until its next status.
   */
  replaced: DeviceReplaced;
  /** Emitted when the service has stored fixes. */
  acked: Fix[];
  /** Emitted when the service refuses a fix for good, which is then removed from the outbox. */
  rejected: RejectedFix;
  /** Emitted when the number of fixes in the outbox changes. */
  waiting: number;
  /** Emitted when the number of fixes changes that are in the outbox and not on their way. */
  unsent: number;
  /** Emitted once, when the store of the outbox fails: the outbox continues in memory, and may not survive a restart. */
  storage: Error;
};

/** A fix that the service refused for good. */
export type RejectedFix = {
  /** as the app gave it */
  fix: Fix;
  /** cause, a code of the service */
  code: Code;
  /** cause in a sentence, for a developer: it names the field and the limit */
  message: string;
};

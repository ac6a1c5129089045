import type {
  Code,
  Eta,
  Fix,
  Notice,
  OfferedTrip,
  QueuePlace,
  Sampling,
  Trip,
  TripPresence,
  TripSummary,
} from '#protocol';

/** Source of the driver's positions. */
export type Source = 'device' | 'demo';

export type DriverState = {
  isOnline: boolean;
  /** another device or window of this driver has gone online and taken over */
  isElsewhere: boolean;
  /** the service has not answered yet whether there is an open trip */
  isLoading: boolean;
  source: Source;
  offer: OfferedTrip | null;
  /** offers in a row that expired without an answer */
  missed: number;
  /** place in the queue of a zone; null while the driver waits in none */
  queue: QueuePlace | null;
  /** the open trip, or the last one until it is dismissed */
  trip: Trip | null;
  /** figures of the trip that has just been completed; null until they are loaded */
  summary: TripSummary | null;
  eta: Eta | null;
  presence: TripPresence | null;
  /** newest fix of the device */
  fix: Fix | null;
  sampling: Sampling | null;
  /** number of fixes that are not on their way to the service yet */
  waiting: number;
  /** the service's time minus the device's, ms; 0 while the device's clock is right */
  clockOffsetMs: number;
  /** reason why the service rejects the positions, so that nobody sees the car; null while it accepts them */
  refusedFixes: Code | null;
  /** waiting fixes are lost if this page closes */
  isOutboxVolatile: boolean;
  notices: readonly Notice[];
  isBusy: boolean;
  /** error code of the last failure, until the next attempt */
  problem: string | null;
};

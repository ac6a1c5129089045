import type { Eta, Fix, Notice, OfferedTrip, Sampling, Trip, TripPresence } from '#protocol';

/** Where the positions come from. */
export type Source = 'device' | 'demo';

export type DriverState = {
  isOnline: boolean;
  /** not known yet whether a trip is under way */
  isLooking: boolean;
  source: Source;
  offer: OfferedTrip | null;
  /** the open trip, or the one that ended last until it is dismissed */
  trip: Trip | null;
  eta: Eta | null;
  presence: TripPresence | null;
  /** the newest fix of the device */
  fix: Fix | null;
  sampling: Sampling | null;
  /** fixes that the service has not stored yet */
  waiting: number;
  /** fixes that wait are lost with this page */
  isOutboxVolatile: boolean;
  notices: readonly Notice[];
  isBusy: boolean;
  /** the code of what was refused last, until the next try */
  problem: string | null;
};

import type { TripState } from '#protocol';

/** Texts of a page that was opened without a connection, or that has a new version. */
export const TEXTS = {
  noConnection: 'No connection',
  lastKnown: (time: string) => `Last known at ${time}`,
  noTrip: 'This page continues as soon as you are connected again.',
  pin: 'Your PIN',
  update: 'A new version is ready.',
  reload: 'Reload',
  later: 'Later',
} as const;

export const STATES: Record<TripState, string> = {
  requested: 'Looking for a driver',
  offered: 'Looking for a driver',
  accepted: 'On the way to the pick-up',
  arriving: 'On the way to the pick-up',
  arrived: 'Waiting at the pick-up',
  on_trip: 'On the way to the destination',
  completed: 'Trip completed',
  cancelled: 'Trip cancelled',
};

import type { SharedState } from '#protocol';
import type { SharedTripState } from '../../shared/live/shared-trip.js';
import type { PinKind } from '../../shared/map/pins.js';

export const PAGE = { title: 'A trip, shared live' } as const;

export const PINS: Record<PinKind, string> = { pickup: 'Pick-up', dropoff: 'Destination' };

/** Texts of the page behind a shared link. */
export const TEXTS = {
  title: 'Shared trip',
  loading: 'Loading map',
  noMap: 'The map can’t be shown in this browser. The arrival time is live.',
  mapLabel: 'Map with the car of this trip',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  follow: 'Follow car',
  connecting: 'Loading',
  offline: 'No connection, reconnecting',
  live: 'Live',
  lastSeen: (age: string) => `Last seen ${age} ago`,
} as const;

/** Title of each trip state; the hint is shown while there is no ETA. */
export const STATES: Record<SharedState, { title: string; hint: string }> = {
  requested: { title: 'Finding a driver', hint: 'The car will appear here once a driver accepts.' },
  accepted: { title: 'On the way to the pick-up', hint: 'Calculating arrival time.' },
  arriving: { title: 'On the way to the pick-up', hint: 'Calculating arrival time.' },
  arrived: { title: 'Waiting at the pick-up', hint: 'The trip will start in a moment.' },
  on_trip: { title: 'On the way to the destination', hint: 'Calculating arrival time.' },
  completed: { title: 'Arrived', hint: '' },
  cancelled: { title: 'Trip cancelled', hint: '' },
};

export const ENDS: Record<NonNullable<SharedTripState['over']>, { title: string; hint: string }> = {
  completed: { title: 'Arrived', hint: 'This trip has ended. Its location is no longer shared.' },
  cancelled: { title: 'Trip cancelled', hint: 'Its location is no longer shared.' },
  invalid_link: {
    title: 'This link is no longer valid',
    hint: 'It has expired, or sharing was stopped. Ask the sender for a new link.',
  },
};

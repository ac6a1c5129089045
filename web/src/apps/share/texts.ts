import type { SharedState } from '#protocol';
import type { SharedTripState } from '../../shared/live/shared-trip.js';

/** Every word of the page of a link, in one place. */
export const TEXTS = {
  title: 'A trip, shared with you live',
  loading: 'Drawing the city',
  noMap: 'The map cannot be drawn in this browser; the time beside it is live.',
  mapLabel: 'Map with the car of this trip',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  follow: 'Go with the car',
  connecting: 'One moment',
  arrivesAt: (time: string) => `There about ${time}`,
  away: (distance: string) => `${distance} to go`,
  lost: 'No connection, trying again',
  live: 'Live',
  seen: (age: string) => `Last seen ${age} ago`,
} as const;

/** What somebody who follows calls each state; `hint` where no time is known. */
export const STATES: Record<SharedState, { words: string; hint: string }> = {
  requested: { words: 'Looking for a driver', hint: 'The car appears here once a driver has accepted.' },
  accepted: { words: 'On the way to the pick-up', hint: 'Working out how long it takes.' },
  arriving: { words: 'On the way to the pick-up', hint: 'Working out how long it takes.' },
  arrived: { words: 'The car is at the pick-up', hint: 'The trip begins in a moment.' },
  on_trip: { words: 'On the way to the destination', hint: 'Working out how long it takes.' },
  completed: { words: 'Arrived', hint: '' },
  cancelled: { words: 'Cancelled', hint: '' },
};

export const ENDS: Record<NonNullable<SharedTripState['over']>, { words: string; hint: string }> = {
  completed: { words: 'Arrived', hint: 'The trip is over, and its location is no longer shared.' },
  cancelled: { words: 'Trip cancelled', hint: 'Its location is no longer shared.' },
  'no link': {
    words: 'This link is no longer valid',
    hint: 'It has expired or was taken back. Ask whoever sent it for a new one.',
  },
};

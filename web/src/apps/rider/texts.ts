import type { PinKind } from '../../shared/map/pins.js';
import type { Step } from './steps.js';

export const PINS: Record<PinKind, string> = { pickup: 'Pick-up', dropoff: 'Destination' };

/** Texts of the rider app. Those that it shares with the driver app are in ../../shared/phone/texts.ts. */
export const TEXTS = {
  mapLabel: 'Map of cars near you',
  sheet: 'Your trip',

  whereTo: 'Where to?',
  places: 'Pick-up and destination',
  noDropoff: 'Tap the map or choose below',
  landmarks: (kind: PinKind) => (kind === 'pickup' ? 'Suggested pick-up points' : 'Suggested destinations'),
  locate: 'Use my location',
  request: 'Request a car',
  cars: (n: number) => (n === 0 ? 'No cars nearby' : n === 1 ? '1 car nearby' : `${n} cars nearby`),
  movePin: (name: string) => `${name}: drag, or use the arrow keys, to move`,

  searching: 'Finding a driver',
  sending: 'Sending your request',
  waitingForAnswer: 'Waiting for a driver to accept',
  choosingDriver: 'Finding the nearest driver',
  asked: (n: number) =>
    n === 0 ? 'No drivers asked yet' : n === 1 ? '1 driver asked' : `${n} drivers asked`,
  searchingAgain: 'Your driver cancelled. We’re finding you another one.',
  cancelRequest: 'Cancel request',

  waiting: (time: string) => `Waiting at the pick-up point for ${time}`,
  driver: 'Your driver',
  driverOffline: 'Offline',
  share: 'Share',
  cancelQuestion: 'Cancel this trip?',

  summary: { distance: 'Distance', duration: 'Duration', waited: 'Wait' },
  unknown: '–',
  loadingSummary: 'Loading trip summary',
  done: 'Done',
  again: 'Try again',
  change: 'Change pick-up or destination',

  lastUpdate: (age: string) => `Updated ${age} ago`,
  degraded: 'Car positions are delayed',
  noSignal: (age: string) => `No signal from your car for ${age}`,
} as const;

/** Title of each step, and a hint for steps that end a trip. */
export const STEPS: Record<Step, { title: string; hint: string }> = {
  starting: { title: 'Loading', hint: '' },
  choosing: { title: TEXTS.whereTo, hint: '' },
  searching: { title: TEXTS.searching, hint: '' },
  approach: { title: 'Your car is on the way', hint: '' },
  arrived: { title: 'Your car is here', hint: '' },
  on_trip: { title: 'On your way', hint: '' },
  done: { title: 'You’ve arrived', hint: 'Thanks for riding with us.' },
  no_car: {
    title: 'No cars available',
    hint: 'No driver near you could take the trip. Try again in a few minutes, or from a busier street.',
  },
  called_off: {
    title: 'Trip cancelled',
    hint: 'We had to cancel your trip. You can request another car now.',
  },
};

const PROBLEMS: Readonly<Record<string, string>> = {
  UNAVAILABLE: 'Hexfleet can’t be reached. Try again.',
  RATE_LIMITED: 'Too many requests. Try again in a moment.',
  NOT_IN_CITY: 'You’re outside the demo city, so the pin stays here.',
  PERMISSION_DENIED: 'Location access is off. Move the pin instead.',
  NO_POSITION: 'Your location wasn’t found. Move the pin instead.',
  TOO_MANY_LINKS: 'This trip already has ten links. Stop sharing first.',
  TRIP_OVER: 'This trip has already ended.',
  BAD_STATE: 'This trip has already ended.',
};

export const problemText = (code: string): string => PROBLEMS[code] ?? 'Something went wrong. Try again.';

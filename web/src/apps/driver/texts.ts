import type { Code, TripState } from '#protocol';
import type { DriverStep } from '#sdk';
import type { PinKind } from '../../shared/map/pins.js';
import { age } from '../../shared/ui/format.js';

export const PINS: Record<PinKind, string> = { pickup: 'Pick-up', dropoff: 'Destination' };

/** Texts of the driver app. Those that it shares with the rider app are in ../../shared/phone/texts.ts. */
export const TEXTS = {
  mapLabel: 'Map with your car',
  sheet: 'Your shift',

  offline: 'You’re offline',
  offlineHint: 'You won’t receive trip offers.',
  elsewhere: 'You’re online on another device or in another window',
  elsewhereHint: 'Go online here to continue on this one instead.',
  loading: 'Loading',
  loadingHint: 'Checking for a current trip.',
  online: 'Waiting for a trip',
  onlineHint: 'Nearby requests will appear here.',
  hidden: 'Nobody can see your car',
  clockOff: (minutes: string) =>
    `This device’s clock is ${minutes}. Your location is sent with the right time.`,
  goOnline: 'Go online',
  goOffline: 'Go offline',
  source: 'Location source',
  sources: { device: 'This device', demo: 'Demo drive' },

  facts: {
    sampling: 'Update interval',
    samplingValue: (seconds: string) => `${seconds} s`,
    samplingHint: 'Set by the service',
    outbox: 'Updates',
    outboxEmpty: 'All sent',
    outboxWaiting: (n: number) => `${n} waiting`,
    waiting: (n: number) => (n === 1 ? '1 update waiting' : `${n} updates waiting`),
    screen: 'Screen',
    screenOn: 'Stays on',
    screenOff: 'May turn off',
  },

  offer: 'New trip',
  toPickup: (distance: string) => `${distance} to pick-up`,
  accept: 'Accept',
  decline: 'Decline',
  secondsLeft: (n: number) => (n === 1 ? '1 second left' : `${n} seconds left`),

  estimating: 'Calculating route',
  riderOnline: 'Online',
  riderOffline: 'Offline',
  cancelQuestion: 'Cancel this trip? Your rider will get another car.',
  close: 'Close',
  next: 'Next trip',

  volatile: 'Waiting updates are lost if you close this page',
  takenOffline: 'Dispatch took you offline.',
} as const;

type StateTexts = { title: string; next: { step: DriverStep; label: string } | null };

/** Title of each trip state, and the button for the step that follows it. */
export const STATES: Record<TripState, StateTexts> = {
  requested: { title: '', next: null },
  offered: { title: '', next: null },
  accepted: { title: 'Drive to pick-up', next: { step: 'arrived', label: 'I’ve arrived' } },
  arriving: { title: 'Drive to pick-up', next: { step: 'arrived', label: 'I’ve arrived' } },
  arrived: { title: 'Waiting for rider', next: { step: 'on_trip', label: 'Start trip' } },
  on_trip: { title: 'Drive to destination', next: { step: 'completed', label: 'Complete trip' } },
  completed: { title: 'Trip completed', next: null },
  cancelled: { title: 'Trip cancelled', next: null },
};

const PROBLEMS: Record<string, string> = {
  OFFER_OVER: 'This offer has expired.',
  BAD_STATE: 'This trip has changed in the meantime.',
  NO_GEOLOCATION: 'This device has no location. Use the demo drive instead.',
  PERMISSION_DENIED: 'Location access is off. Allow it for this page, or use the demo drive.',
  RATE_LIMITED: 'Too many requests. Try again in a moment.',
};

export const problemText = (code: string): string =>
  PROBLEMS[code] ?? `Something went wrong (${code}). Try again.`;

const REFUSED_FIXES: Partial<Record<Code, string>> = {
  TIME_IN_FUTURE: 'The date and time of this device are wrong. Set them automatically in its settings.',
  TIME_TOO_OLD: 'The date and time of this device are wrong. Set them automatically in its settings.',
  TIME_IN_SECONDS: 'The date and time of this device are wrong. Set them automatically in its settings.',
  NULL_ISLAND: 'This device has no valid location yet. Move to where it sees the sky.',
  BAD_POSITION: 'This device has no valid location yet. Move to where it sees the sky.',
};

/** Returns why the service rejects the positions of the car, and what helps. */
export const refusedFixesText = (code: Code): string =>
  REFUSED_FIXES[code] ?? `Your location was rejected (${code}). Go offline and online again.`;

/** Formats the error of a clock: 5 min fast, 40 s slow. @param offsetMs the right time minus the clock's */
export const clockText = (offsetMs: number): string => {
  const off = age(Math.abs(offsetMs)).replace(/\.\d/, '');
  return `${off} ${offsetMs < 0 ? 'fast' : 'slow'}`;
};

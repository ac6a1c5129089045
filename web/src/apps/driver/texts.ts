import type { TripState } from '#protocol';
import type { DriverStep } from '#sdk';
import type { PinKind } from '../../shared/map/pins.js';

export const PINS: Record<PinKind, string> = { pickup: 'Pick-up', dropoff: 'Drop-off' };

/** Every word of the driver's page, in one place; those of the chat are in ../chat/texts.ts. */
export const TEXTS = {
  mapLabel: 'Map with your car',
  loading: 'Drawing the city',
  noMap: 'The map cannot be drawn in this browser; everything else works.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  recentre: 'Re-centre',
  sheet: 'Your shift',

  offline: 'You are offline',
  offlineHint: 'Nobody sees you, and no trip is offered.',
  looking: 'One moment',
  lookingHint: 'Looking whether you have a trip.',
  online: 'Waiting for a trip',
  onlineHint: 'You are online. The nearest request comes to you.',
  goOnline: 'Go online',
  goOffline: 'Go offline',
  source: 'Where positions come from',
  sources: { device: 'This device', demo: 'Demo drive' },

  facts: {
    sampling: 'Position',
    samplingValue: (seconds: string) => `every ${seconds} s`,
    samplingHint: 'the service sets the pace',
    waiting: 'Outbox',
    noneWaiting: 'all sent',
    waitingValue: (n: number) => (n === 1 ? '1 fix waiting' : `${n} fixes waiting`),
    screen: 'Screen',
    screenOn: 'stays on',
    screenOff: 'may go dark',
  },

  offer: 'New trip',
  offerAway: 'to the pick-up',
  accept: 'Accept',
  decline: 'Decline',
  secondsLeft: (n: number) => `${n} seconds left`,

  estimating: 'Working out the way',
  riderThere: 'Connected',
  riderAway: 'Not connected just now',
  chat: 'Chat',
  unread: (n: number) => (n === 1 ? '1 unread message' : `${n} unread messages`),
  cancel: 'Cancel',
  cancelSure: 'Give this trip back? Your rider gets another car.',
  cancelYes: 'Yes, give back',
  cancelNo: 'Keep it',
  dismiss: 'Close',
  next: 'Next trip',

  connecting: 'Connecting',
  lineDown: 'No connection',
  refused: 'Your session has ended. Sign in again.',
  reload: 'Reload',
  volatile: 'Fixes that wait are lost if this page closes',
  notice: 'Dispatch',
  takenOffline: 'Dispatch has taken you offline.',
} as const;

/** What a driver calls each state of its trip, and the one step that follows. */
export const STATES: Record<TripState, { words: string; next: { step: DriverStep; words: string } | null }> =
  {
    requested: { words: '', next: null },
    offered: { words: '', next: null },
    accepted: { words: 'Drive to the pick-up', next: { step: 'arrived', words: 'I am there' } },
    arriving: { words: 'Drive to the pick-up', next: { step: 'arrived', words: 'I am there' } },
    arrived: { words: 'Waiting for the rider', next: { step: 'on_trip', words: 'Start the trip' } },
    on_trip: { words: 'Drive to the drop-off', next: { step: 'completed', words: 'Complete the trip' } },
    completed: { words: 'Trip completed', next: null },
    cancelled: { words: 'Trip cancelled', next: null },
  };

const PROBLEMS: Record<string, string> = {
  OFFER_OVER: 'Too late: this trip is not offered to you any more.',
  BAD_STATE: 'The trip has changed meanwhile.',
  NO_GEOLOCATION: 'This device has no position. The demo drive needs none.',
  PERMISSION_DENIED: 'Allow this page to see where you are, or use the demo drive.',
  RATE_LIMITED: 'Too fast; try again in a moment.',
};

export const problemText = (code: string): string =>
  PROBLEMS[code] ?? `That did not work (${code}). Try again.`;

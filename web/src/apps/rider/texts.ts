import type { PinKind } from './state.js';
import type { Step } from './steps.js';

export const PINS: Record<PinKind, string> = { pickup: 'Pick-up', dropoff: 'Destination' };

/** Every word of the rider's page, in one place; those of the chat are in ../chat/texts.ts. */
export const TEXTS = {
  mapLabel: 'Map with the cars around you',
  loading: 'Drawing the city',
  noMap: 'The map cannot be drawn in this browser; everything else works.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  recentre: 'Re-centre',
  sheet: 'Your trip',

  whereTo: 'Where to?',
  places: 'From and to',
  noDropoff: 'Tap the map, or choose below',
  landmarks: (kind: PinKind) => (kind === 'pickup' ? 'Places to be picked up at' : 'Places to go to'),
  locate: 'Use my location',
  request: 'Request a car',
  cars: (n: number) => (n === 0 ? 'No free car in sight' : n === 1 ? '1 car nearby' : `${n} cars nearby`),
  movePin: (name: string) => `${name}: drag it, or move it with the arrow keys`,

  searching: 'Looking for a car',
  sending: 'Sending your request',
  asking: 'A driver is being asked',
  choosesNext: 'Looking for the nearest driver',
  asked: (n: number) => (n === 0 ? 'Nobody asked yet' : n === 1 ? '1 driver asked' : `${n} drivers asked`),
  looksAgain: 'Your driver had to cancel. The search for another car goes on.',
  cancelRequest: 'Cancel request',

  arrivesAt: (time: string) => `There about ${time}`,
  away: (distance: string) => `${distance} to go`,
  estimating: 'Working out how long it takes',
  waits: 'Your driver waits at the pick-up',
  waitsSince: (time: string) => `for ${time}`,
  driver: 'Your driver',
  online: 'Connected',
  notThere: 'Not connected just now',
  chat: 'Chat',
  unread: (n: number) => (n === 1 ? '1 unread message' : `${n} unread messages`),
  share: 'Share',
  cancel: 'Cancel',
  cancelSure: 'Cancel this trip?',
  cancelYes: 'Yes, cancel',
  cancelNo: 'Keep it',

  shareTitle: 'Share your trip',
  shareHint: 'Anyone with the link sees the car and when it arrives, until the trip ends.',
  shareCreate: 'Create a link',
  shareLink: 'Link to your trip',
  copy: 'Copy link',
  copied: 'Copied',
  shareSend: 'Send',
  shareStop: 'Stop sharing',
  shareMessage: 'Follow my trip',
  back: 'Back',

  summary: { distance: 'Distance', duration: 'Time', waited: 'Wait' },
  unknown: '–',
  summing: 'Adding up your trip',
  done: 'Done',
  again: 'Try again',
  change: 'Change the places',

  fromDispatch: 'Message from dispatch',
  closeNotice: 'Close the message',

  connecting: 'Connecting',
  lineDown: 'No connection, trying again',
  seen: (age: string) => `as of ${age} ago`,
  silent: (age: string) => `Your car was last seen ${age} ago`,
  refused: 'Your session has ended. Sign in again.',
  reload: 'Sign in again',
} as const;

/** What each step is called, and what there is to say of it. */
export const STEPS: Record<Step, { words: string; hint: string }> = {
  starting: { words: 'One moment', hint: '' },
  choosing: { words: TEXTS.whereTo, hint: '' },
  searching: { words: TEXTS.searching, hint: '' },
  approach: { words: 'Your car is on the way', hint: '' },
  arrived: { words: 'Your car is here', hint: '' },
  on_trip: { words: 'On the way', hint: '' },
  done: { words: 'You have arrived', hint: 'Thank you for travelling with us.' },
  no_car: {
    words: 'No car is free right now',
    hint: 'No driver near you could take the trip. It often works a few minutes later, or from a busier corner.',
  },
  called_off: {
    words: 'The trip was cancelled',
    hint: 'It was called off from our side. You can request another car at once.',
  },
};

const PROBLEMS: Readonly<Record<string, string>> = {
  UNAVAILABLE: 'The service could not be reached. Nothing was lost; try again.',
  RATE_LIMITED: 'That was a little fast. Try again in a moment.',
  NOT_IN_CITY: 'You are outside the demo city, so the pin stays here.',
  PERMISSION_DENIED: 'Your location is not shared with this page. Move the pin instead.',
  NO_POSITION: 'Your location could not be found. Move the pin instead.',
  TOO_MANY_LINKS: 'There are ten links to this trip already. Stop sharing first.',
  TRIP_OVER: 'The trip is over already.',
  BAD_STATE: 'The trip is over already.',
};

export const problemText = (code: string): string => PROBLEMS[code] ?? 'That did not work. Try again.';

import type { Code, QueuePlace, TripState } from '#protocol';
import { plural } from '../../shared/i18n/plural.js';
import { textFor } from '../../shared/i18n/text-for.js';
import type { PinKind } from '../../shared/map/pins.js';
import { quantityText, remaining, wholeAge } from '../../shared/ui/format.js';

export const PAGE = { title: 'Driver · Hexfleet' } as const;

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
  queue: (name: string) => `In the queue at ${name}`,
  hidden: 'Nobody can see your car',
  clockFast: (by: string) => `This device’s clock is ${by} fast. Your location is sent with the right time.`,
  clockSlow: (by: string) => `This device’s clock is ${by} slow. Your location is sent with the right time.`,
  goOnline: 'Go online',
  goOffline: 'Go offline',
  notYet: 'Not yet',
  missed: 'You missed a trip',
  missedMany: (n: number) => plural(n, { other: 'You missed # trips in a row' }),
  takeBreak: 'Go offline to take a break, so that riders don’t wait for you.',
  dismiss: 'Dismiss',
  sound: 'Sound for new trips',
  enterPin: 'Ask your rider for the PIN',
  startTrip: 'Start trip',
  waiting: (time: string) => `Waiting for ${time}`,
  noShowIn: (time: string) => `You can report a no-show in ${time}`,
  noShow: 'Rider didn’t show up',
  noShowQuestion: 'Cancel this trip because your rider didn’t show up?',
  details: 'Connection details',
  source: 'Location source',
  sources: { device: 'This device', demo: 'Demo drive' },

  facts: {
    sampling: 'Update interval',
    samplingValue: (seconds: string) => `${seconds} s`,
    samplingHint: 'Set by the service',
    outbox: 'Updates',
    outboxEmpty: 'All sent',
    outboxWaiting: (n: number) => plural(n, { other: '# waiting' }),
    waiting: (n: number) => plural(n, { one: '1 update waiting', other: '# updates waiting' }),
    screen: 'Screen',
    screenOn: 'Stays on',
    screenOff: 'May turn off',
  },

  offer: 'New trip',
  around: (place: string) => `Around ${place}`,
  tripLength: (distance: string, minutes: number) => `About ${distance}, ${minutes} min`,
  toPickup: (distance: string) => `${distance} to pick-up`,
  accept: 'Accept',
  decline: 'Decline',
  secondsLeft: (n: number) => plural(n, { one: '1 second left', other: '# seconds left' }),

  estimating: 'Calculating route',
  riderOnline: 'Online',
  riderOffline: 'Offline',
  cancelQuestion: 'Cancel this trip? Your rider will get another car.',
  close: 'Close',
  next: 'Next trip',

  volatile: 'Waiting updates are lost if you close this page',
  takenOffline: 'Dispatch took you offline.',
  problem: (code: string) => `Something went wrong (${code}). Try again.`,
  refusedFixes: (code: string) => `Your location was rejected (${code}). Go offline and online again.`,
} as const;

/** Texts of the links to navigation apps. */
export const NAVIGATE = {
  open: 'Navigate',
  list: 'Open in a navigation app',
  phone: 'Phone’s maps',
  google: 'Google Maps',
  waze: 'Waze',
} as const;

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
const SUFFIXES: Record<Intl.LDMLPluralRule, string> = {
  one: 'st',
  two: 'nd',
  few: 'rd',
  other: 'th',
  zero: 'th',
  many: 'th',
};
const nth = (place: number): string => `${place}${SUFFIXES[ORDINALS.select(place)]}`;

/** A place in a queue: 4th of 17, about 12 min. */
export const QUEUE = {
  place: (place: number, of: number) => `${nth(place)} of ${of}`,
  placeAndWait: (place: number, of: number, wait: string) => `${nth(place)} of ${of}, about ${wait}`,
} as const;

/** Returns a place in a queue in words. */
export const queueText = ({ place, of, waitS }: QueuePlace): string =>
  waitS === null
    ? QUEUE.place(place, of)
    : QUEUE.placeAndWait(place, of, quantityText(remaining(waitS * 1_000)));

/** Title of each trip state, and the labels of the slider for the step that follows it. */
export const STATES: Record<TripState, { title: string; label: string; anyway: string }> = {
  requested: { title: '', label: '', anyway: '' },
  offered: { title: '', label: '', anyway: '' },
  accepted: { title: 'Drive to pick-up', label: 'Slide to arrive', anyway: 'I’ve arrived' },
  arriving: { title: 'Drive to pick-up', label: 'Slide to arrive', anyway: 'I’ve arrived' },
  arrived: { title: 'Waiting for rider', label: 'Slide to start trip', anyway: 'Start anyway' },
  on_trip: { title: 'Drive to destination', label: 'Slide to complete trip', anyway: 'Complete anyway' },
  completed: { title: 'Trip completed', label: '', anyway: '' },
  cancelled: { title: 'Trip cancelled', label: '', anyway: '' },
};

/** Asked when a step is taken far from its place. */
export const FAR_AWAY = {
  pickup: (distance: string) => `You’re ${distance} from the pick-up.`,
  dropoff: (distance: string) => `You’re ${distance} from the destination.`,
} as const;

export const PROBLEMS = {
  WRONG_PIN: 'That’s not the right PIN. Ask your rider again.',
  TOO_MANY_PINS: 'Too many wrong PINs. Ask dispatch to start this trip.',
  NO_SHOW_TOO_EARLY: 'Give your rider a little more time.',
  OFFER_OVER: 'This offer has expired.',
  BAD_STATE: 'This trip has changed in the meantime.',
  NO_GEOLOCATION: 'This device has no location. Use the demo drive instead.',
  PERMISSION_DENIED: 'Location access is off. Allow it for this page, or use the demo drive.',
  RATE_LIMITED: 'Too many requests. Try again in a moment.',
} as const;

export const problemText = (code: string): string =>
  textFor({ ...PROBLEMS, other: TEXTS.problem(code) }, code);

export const REFUSED_FIXES = {
  TIME_IN_FUTURE: 'The date and time of this device are wrong. Set them automatically in its settings.',
  TIME_TOO_OLD: 'The date and time of this device are wrong. Set them automatically in its settings.',
  TIME_IN_SECONDS: 'The date and time of this device are wrong. Set them automatically in its settings.',
  NULL_ISLAND: 'This device has no valid location yet. Move to where it sees the sky.',
  BAD_POSITION: 'This device has no valid location yet. Move to where it sees the sky.',
} as const satisfies Partial<Record<Code, string>>;

/** Returns why the service rejects the positions of the car, and what helps. */
export const refusedFixesText = (code: Code): string =>
  textFor({ ...REFUSED_FIXES, other: TEXTS.refusedFixes(code) }, code);

/** Returns the error of a clock as a sentence. @param offsetMs the right time minus the clock's */
export const clockText = (offsetMs: number): string => {
  const off = wholeAge(Math.abs(offsetMs));
  return offsetMs < 0 ? TEXTS.clockFast(off) : TEXTS.clockSlow(off);
};

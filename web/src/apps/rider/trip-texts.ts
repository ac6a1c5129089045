import { plural } from '../../shared/i18n/plural.js';
import type { Step } from './steps.js';
import { TEXTS as FIRST } from './texts.js';

/** Texts of a trip, from its request to its end. */
export const TEXTS = {
  searching: 'Finding a driver',
  sending: 'Sending your request',
  waitingForAnswer: 'Waiting for a driver to accept',
  choosingDriver: 'Finding the nearest driver',
  asked: (n: number) =>
    n === 0 ? 'No drivers asked yet' : plural(n, { one: '1 driver asked', other: '# drivers asked' }),
  noneFree: 'No driver near you is free right now. We’re still looking; you can cancel at any time.',
  searchingAgain: 'Your driver cancelled. We’re finding you another one.',
  cancelRequest: 'Cancel request',

  waiting: (time: string) => `Waiting at the pick-up point for ${time}`,
  driver: 'Your driver',
  driverOffline: 'Offline',
  share: 'Share',
  safety: 'Safety',
  pin: 'Your PIN',
  pinHint: 'Give it to your driver to start the trip.',
  cancelQuestion: 'Cancel this trip?',

  done: 'Done',
  again: 'Try again',
  change: 'Change pick-up or destination',
} as const;

/** Texts of the rating of a trip. */
export const RATING = {
  question: 'How was your trip?',
  thanks: 'Thanks for rating',
  failed: 'Your rating wasn’t saved. Try again.',
  stars: (n: number) => plural(n, { one: '1 star', other: '# stars' }),
} as const;

/** Title of each step, and a hint for steps that end a trip. */
export const STEPS: Record<Step, { title: string; hint: string }> = {
  starting: { title: FIRST.starting, hint: '' },
  choosing: { title: FIRST.whereTo, hint: '' },
  searching: { title: TEXTS.searching, hint: '' },
  approach: { title: 'Your car is on the way', hint: '' },
  arrived: { title: 'Your car is here', hint: '' },
  on_trip: { title: 'On your way', hint: '' },
  done: { title: 'You’ve arrived', hint: 'Thanks for riding with us.' },
  no_car: {
    title: 'No cars available',
    hint: 'No driver near you could take the trip. Try again in a few minutes, or from a busier street.',
  },
  no_show: {
    title: 'Trip cancelled',
    hint: 'Your driver waited at the pick-up but didn’t find you. You can request another car now.',
  },
  called_off: {
    title: 'Trip cancelled',
    hint: 'We had to cancel your trip. You can request another car now.',
  },
};

import { textFor } from '../../shared/i18n/text-for.js';

/** Texts of failures, loaded with the first one. */
export const PROBLEMS = {
  other: 'Something went wrong. Try again.',
  UNAVAILABLE: 'Hexfleet can’t be reached. Try again.',
  RATE_LIMITED: 'Too many requests. Try again in a moment.',
  NOT_IN_CITY: 'You’re outside the demo city, so the pin stays here.',
  PERMISSION_DENIED: 'Location access is off. Move the pin instead.',
  NO_POSITION: 'Your location wasn’t found. Move the pin instead.',
  OUTSIDE_SERVICE_AREA: 'There’s no service at your pick-up.',
  DROPOFF_OUTSIDE_SERVICE_AREA: 'There’s no service at your destination.',
  NO_PICKUP_HERE: 'Cars can’t pick up here. Move the pick-up.',
  NO_DROPOFF_HERE: 'Cars can’t stop there. Move the destination.',
  TOO_MANY_LINKS: 'This trip already has ten links. Stop sharing first.',
  TRIP_OVER: 'This trip has already ended.',
  BAD_STATE: 'This trip has already ended.',
} as const;

/** Returns the text for the code of a failure. */
export const problemText = (code: string): string => textFor(PROBLEMS, code);

import { plural } from '../../shared/i18n/plural.js';
import { textFor } from '../../shared/i18n/text-for.js';

/** `wheelchair-van` as people write it: classes are named by the service. */
export const written = (vehicleClass: string): string =>
  (vehicleClass.charAt(0).toUpperCase() + vehicleClass.slice(1)).replaceAll('-', ' ');

/** Texts of the parts of the first screen that load when they are needed: the options of a request. */
export const OPTIONS = {
  pin: 'Use a PIN to start',
  hint: 'Your driver enters four digits that only you see.',
  vehicle: 'Vehicle',
  anyClass: 'Any vehicle',
  classOf: (vehicleClass: string, seats: number) =>
    `${written(vehicleClass)}, ${plural(seats, { one: 'up to 1 seat', other: 'up to # seats' })}`,
  seats: 'Seats',
} as const;

/** Texts of the search for a place. */
export const SEARCH = {
  back: 'Back',
  label: { pickup: 'Search for a pick-up', dropoff: 'Search for a destination' },
  placeholder: 'Street, corner or place',
  results: 'Places',
  recent: 'Recent places',
  landmark: 'Landmark',
  none: 'No places found. Try another name, or tap the map.',
  failed: 'Search isn’t available right now. Tap the map instead.',
} as const;

/** Texts of the offer of another place. */
export const OFFER = {
  nearest: { pickup: 'Nearest pick-up', dropoff: 'Nearest destination' },
  use: { pickup: 'Use nearest pick-up', dropoff: 'Use nearest destination' },
  away: (place: string, distance: string) => `${place}: ${distance} away`,
  meetAt: (place: string) => `Meet at ${place}`,
} as const;

/** Reason why a place was refused, by the error code. */
export const REFUSED_PLACES = {
  OUTSIDE_SERVICE_AREA: 'There’s no service at your pick-up.',
  DROPOFF_OUTSIDE_SERVICE_AREA: 'There’s no service at your destination.',
  NO_STREET_AT_PICKUP: 'No street leads to your pick-up.',
  NO_STREET_AT_DROPOFF: 'No street leads to your destination.',
  NO_PICKUP_HERE: 'Cars can’t pick up here.',
  NO_DROPOFF_HERE: 'Cars can’t stop at your destination.',
  PICKUP_POINT_REQUIRED: 'Cars stop at a pick-up point here.',
  other: 'Cars can’t pick up here.',
} as const;

export const refusedPlaceText = (code: string): string => textFor(REFUSED_PLACES, code);

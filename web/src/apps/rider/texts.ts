import { plural } from '../../shared/i18n/plural.js';
import type { PinKind } from '../../shared/map/pins.js';

export const PAGE = { title: 'Rider · Hexfleet' } as const;

export const PINS: Record<PinKind, string> = { pickup: 'Pick-up', dropoff: 'Destination' };

/** Texts of the first screen. Those of a trip are in trip-texts.ts, which loads with it, and those that the rider app shares with the driver app are in ../../shared/phone/texts.ts. */
export const TEXTS = {
  starting: 'Loading',
  mapLabel: 'Map of cars near you',
  sheet: 'Your trip',

  whereTo: 'Where to?',
  places: 'Pick-up and destination',
  noDropoff: 'Tap the map or search',
  search: 'Search',
  noCars: 'We’ll look for a driver farther away.',
  landmarks: (kind: PinKind) => (kind === 'pickup' ? 'Suggested pick-up points' : 'Suggested destinations'),
  locate: 'Use my location',
  request: 'Request a car',
  cars: (n: number) =>
    n === 0 ? 'No cars nearby' : plural(n, { one: '1 car nearby', other: '# cars nearby' }),
  movePin: (name: string) => `${name}: drag, or use the arrow keys, to move`,

  lastUpdate: (age: string) => `Updated ${age} ago`,
  degraded: 'Car positions are delayed',
  problem: 'Something went wrong. Try again.',
  noSignal: (age: string) => `No signal from your car for ${age}`,
} as const;

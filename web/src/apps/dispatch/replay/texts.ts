import { plural } from '../../../shared/i18n/plural.js';
import { count } from '../../../shared/ui/format.js';

export const TEXTS = {
  title: 'Replay',
  driver: 'Replay last hour',
  area: 'Replay this area',
  none: 'No history for this period',
  failed: 'Couldn’t load the history. Try again.',
  tooLarge: 'This area is too large to replay. Zoom in.',
  ofDriver: (driverId: string) => `Replay: ${driverId}`,
  ofArea: (vehicles: number) => plural(vehicles, { one: 'Replay: 1 vehicle', other: 'Replay: # vehicles' }),
  truncated: (shown: number, all: number) =>
    all > shown
      ? `The ${count(shown)} of up to ${count(all)} vehicles nearest to the middle. Zoom in to see all.`
      : 'Part of the positions is missing. Choose a shorter time.',
  time: 'Time',
  play: 'Play',
  pause: 'Pause',
  speedLabel: 'Speed',
  span: 'Time range',
  hours: (hours: number) => plural(hours, { one: '1 hour', other: '# hours' }),
  exit: 'Back to live',
  nothingSelected: 'Select a vehicle or a trip to see it at this time.',
  noTrip: 'No trip known at this time',
} as const;

import { count } from '../../../shared/ui/format.js';

export const TEXTS = {
  title: 'Replay',
  driver: 'Replay last hour',
  area: 'Replay this area',
  none: 'No history for this period',
  failed: 'Couldn’t load the history. Try again.',
  tooLarge: 'This area is too large to replay. Zoom in.',
  ofDriver: (driverId: string) => `Replay: ${driverId}`,
  ofArea: (vehicles: number) =>
    vehicles === 1 ? 'Replay: 1 vehicle' : `Replay: ${count(vehicles)} vehicles`,
  truncated: 'partial',
  time: 'Time',
  play: 'Play',
  pause: 'Pause',
  speed: (times: number) => `${times}× speed`,
  span: 'Time range',
  hours: (hours: number) => (hours === 1 ? '1 hour' : `${hours} hours`),
  exit: 'Back to live',
} as const;

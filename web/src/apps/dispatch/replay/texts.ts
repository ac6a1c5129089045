import { count } from '../../../shared/ui/format.js';

export const TEXTS = {
  title: 'Replay',
  driver: 'Replay the last hours',
  area: 'Replay this area',
  nothing: 'Nothing is kept of the last hours.',
  failed: 'The past could not be read.',
  tooLarge: 'Come nearer: this area is too large to replay.',
  ofDriver: (driverId: string) => `Earlier: ${driverId}`,
  ofArea: (vehicles: number) => `Earlier here: ${count(vehicles)} vehicles`,
  truncated: 'not all of it',
  time: 'Time',
  play: 'Play',
  pause: 'Pause',
  speed: (times: number) => `${times} times as fast`,
  back: 'How far back',
  hours: (hours: number) => (hours === 1 ? '1 hour' : `${hours} hours`),
  leave: 'Back to now',
} as const;

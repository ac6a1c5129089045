import type { Track } from './track.js';
import type { Trip } from './trips.js';

/**
 * GET /api/trips/:id/summary: how a trip went that is over. A part that never began lasted 0 s, one that was cut off by
 * the end lasted until then. Read from the kept track each time, so fixes that come in late count from then on.
 */
export type TripSummary = {
  /** as it ended */
  trip: Trip;
  /** driven with the rider in the car; null when the track is not kept any more, or not from its beginning on */
  distanceM: number | null;
  /** with the rider in the car */
  durationS: number;
  /** from the driver's acceptance to its arrival at the pick-up */
  approachS: number;
  /** the driver waiting at the pick-up */
  waitingS: number;
  /** with the rider in the car, as far as it is kept; null when the rider never got in */
  track: Track | null;
};

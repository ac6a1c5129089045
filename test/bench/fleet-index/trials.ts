import type { Trial } from './trial.js';
import { moves } from './trials/moves.js';
import { nearestIn20kWithin1Km, nearestIn20kWithin3Km, nearestIn200kWithin3Km } from './trials/nearest.js';

/** All trials in the order of the table. */
export const TRIALS: readonly Trial[] = [
  nearestIn200kWithin3Km,
  nearestIn20kWithin3Km,
  nearestIn20kWithin1Km,
  moves,
];

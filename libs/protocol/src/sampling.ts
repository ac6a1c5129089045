import type { Sampling } from './sampling-schema.js';

export type { Sampling };

/** What a connection begins with, until it is told otherwise. */
export const FASTEST: Sampling = { intervalMs: 1_000, minDistanceM: 0 };

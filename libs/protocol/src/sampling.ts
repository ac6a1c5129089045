import type { Sampling } from './sampling-schema.js';

export type { Sampling };

/** Initial update interval of a connection, until the service sends another one. */
export const FASTEST: Sampling = { intervalMs: 1_000, minDistanceM: 0 };

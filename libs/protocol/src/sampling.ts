/** How often an app is to report: a fix is due after `intervalMs`, unless the car moved less than `minDistanceM`. */
export type Sampling = {
  /** from one fix that is sent to the next, ms */
  intervalMs: number;
  /** metres */
  minDistanceM: number;
};

/** What a connection begins with, until it is told otherwise. */
export const FASTEST: Sampling = { intervalMs: 1_000, minDistanceM: 0 };

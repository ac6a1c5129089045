import { FASTEST, type Sampling } from '#protocol';
import type { DriverRecord } from '#store';

/** Seen among others on a map, where cars glide from fix to fix. */
const SEEN: Sampling = { intervalMs: 3_000, minDistanceM: 10 };
/** Enough to be found by who looks for a car. */
const UNSEEN: Sampling = { intervalMs: 10_000, minDistanceM: 25 };
/** An app that stands sends every other interval: two of them, and a third for what is lost or late. */
const INTERVALS_UNTIL_SILENT = 3;

/** Who looks at a driver. */
export type Attention = {
  /** by a rider of its trip, or by a dispatcher */
  followed: boolean;
  /** the cell in which riders see available cars has watchers */
  watchedByRiders: boolean;
  /** the cell in which dispatchers see all cars has watchers */
  watchedByDispatchers: boolean;
  status: DriverRecord['status'];
};

/**
 * How often a driver is to report.
 * @param silentMs after which an unheard driver is taken for gone
 */
export function samplingFor(
  { followed, watchedByRiders, watchedByDispatchers, status }: Attention,
  silentMs: number,
): Sampling {
  const seen = watchedByDispatchers || (watchedByRiders && status === 'available');
  const { intervalMs, minDistanceM } = followed ? FASTEST : seen ? SEEN : UNSEEN;
  return { intervalMs: Math.min(intervalMs, Math.floor(silentMs / INTERVALS_UNTIL_SILENT)), minDistanceM };
}

export const isFaster = (a: Sampling, b: Sampling): boolean =>
  a.intervalMs < b.intervalMs || (a.intervalMs === b.intervalMs && a.minDistanceM < b.minDistanceM);

/** Whether two fixes, so far apart by their times, cannot come from an app that obeys. */
export const isOffPace = (gapMs: number, { intervalMs }: Sampling): boolean =>
  gapMs < intervalMs / 2 || gapMs > INTERVALS_UNTIL_SILENT * intervalMs;

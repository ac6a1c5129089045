import { FASTEST, type Sampling } from '#protocol';
import type { DriverRecord } from '#store';

/** One car of many on a watched map, which animates it between fixes. */
const ON_MAP: Sampling = { intervalMs: 3_000, minDistanceM: 10 };
/** Watched by nobody: enough for the search for a nearby driver. */
const UNWATCHED: Sampling = { intervalMs: 10_000, minDistanceM: 25 };
/** A parked app sends every second interval; the third allows for a fix that is lost or late. */
const INTERVALS_UNTIL_SILENT = 3;

/** Current audience of a driver. */
export type Attention = {
  /** by the rider of its trip, or by a dispatcher */
  followed: boolean;
  /** whether the cell in which riders see available cars has watchers */
  watchedByRiders: boolean;
  /** whether the cell in which dispatchers see all cars has watchers */
  watchedByDispatchers: boolean;
  status: DriverRecord['status'];
};

/**
 * Returns how often a driver is to report.
 * @param silentMs time without a fix after which a driver counts as gone
 */
export function samplingFor(
  { followed, watchedByRiders, watchedByDispatchers, status }: Attention,
  silentMs: number,
): Sampling {
  const onMap = watchedByDispatchers || (watchedByRiders && status === 'available');
  const { intervalMs, minDistanceM } = followed ? FASTEST : onMap ? ON_MAP : UNWATCHED;
  return { intervalMs: Math.min(intervalMs, Math.floor(silentMs / INTERVALS_UNTIL_SILENT)), minDistanceM };
}

export const isFaster = (a: Sampling, b: Sampling): boolean =>
  a.intervalMs < b.intervalMs || (a.intervalMs === b.intervalMs && a.minDistanceM < b.minDistanceM);

/** Whether the time between two fixes shows that the app does not keep to the interval. */
export const isOffPace = (gapMs: number, { intervalMs }: Sampling): boolean =>
  gapMs < intervalMs / 2 || gapMs > INTERVALS_UNTIL_SILENT * intervalMs;

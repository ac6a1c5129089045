import { type RedisClient, Tracks } from '#store';
import type { Observation } from './apps.js';

const TRACK_HOURS = 24;

/**
 * Counts the fixes acked since a time, epoch ms, that are missing from the driver's track. Only a processor writes the
 * track, in the same step in which it decides on a stream entry. The stream itself proves nothing: finished entries are
 * trimmed, and a client that connects while Redis loads its data waits a second or more before it can read.
 */
export async function missingFromTrack(
  redis: RedisClient,
  { id, acked }: { id: string; acked: Observation[] },
  since: number,
): Promise<number> {
  const times = acked.filter(({ at }) => at >= since).map(({ t }) => t);
  return (await timesMissing(redis, id, times)).length;
}

/** Returns those of some times of fixes, epoch ms, that are missing from the driver's track. */
export async function timesMissing(redis: RedisClient, driverId: string, times: number[]): Promise<number[]> {
  if (times.length === 0) return [];
  const span = { from: times.reduce((a, b) => Math.min(a, b)), to: times.reduce((a, b) => Math.max(a, b)) };
  const stored = new Set<number>();
  for await (const page of (await new Tracks(redis, TRACK_HOURS).open(driverId, span)) ?? [])
    for (const { t } of page) stored.add(t);
  return times.filter((t) => !stored.has(t));
}

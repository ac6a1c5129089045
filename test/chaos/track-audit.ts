import type { Redis } from 'ioredis';
import { Tracks } from '#store';
import type { Heard } from './apps.js';

const TRACK_HOURS = 24;

/**
 * Returns the acked fixes that are missing from the track of a driver since a time, epoch ms. Only a processor writes tracks,
 * from what it read in the stream, and it decides and writes in one step. The stream itself proves nothing: its entries are
 * trimmed when they are finished, and a client that connects while Redis loads its data waits a second or more.
 */
export async function missingFromTrack(
  redis: Redis,
  { id, acked }: { id: string; acked: Heard[] },
  since: number,
): Promise<number> {
  const times = acked.filter(({ at }) => at >= since).map(({ t }) => t);
  if (times.length === 0) return 0;
  const span = { from: Math.min(...times), to: Math.max(...times) };
  const part = await new Tracks(redis, TRACK_HOURS).read(id, span);
  const kept = new Set(part?.fixes.map(({ t }) => t));
  return times.filter((t) => !kept.has(t)).length;
}

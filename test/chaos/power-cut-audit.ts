import { FIELD, unpackEvents } from '../../libs/store/src/fix-stream.js';
import { keys } from '../../libs/store/src/keys.js';
import { recordOfPointer } from '../../libs/store/src/stored-records.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';
import type { Observation } from './apps.js';
import { readIndex } from './index-watch.js';
import { PARTITIONS } from './test-bed.js';

/**
 * Reads the data of a killed Redis from a copy, before anything can write to it again. A fix has survived if its stream
 * entry has, or if the driver's record is at least as new, so that it was processed.
 */
export async function missingFromCopy(
  killed: TestRedis,
  drivers: Array<{ id: string; acked: Observation[] }>,
): Promise<Observation[]> {
  const copy = await startRedis('no', [], killed.dir);
  try {
    const stream = await streamOf(copy);
    const index = await readIndex(copy.client);
    const lost: Observation[] = [];
    for (const { id, acked } of drivers) {
      // A driver who was changing region is in neither; the driver pointer has the last record.
      const left = recordOfPointer(id, await copy.client.hgetall(keys.driverPointer(id)));
      const records = [...(index.get(id)?.records ?? []), ...(left === null ? [] : [left])];
      const decided = Math.max(0, ...records.map(({ t }) => t));
      lost.push(...acked.filter(({ t }) => t > decided && !stream.get(id)?.has(t)));
    }
    return lost;
  } finally {
    await copy.stop();
  }
}

/** Times of the fixes in the stream, by driver. */
async function streamOf({ client }: TestRedis): Promise<Map<string, Set<number>>> {
  const times = new Map<string, Set<number>>();
  for (let partition = 0; partition < PARTITIONS; partition += 1)
    for (const [, fields] of await client.xrange(keys.fixes(partition), '-', '+')) {
      if (fields[0] !== FIELD) continue;
      for (const event of unpackEvents(fields[1]!, 0))
        if ('fix' in event)
          times.set(event.driverId, (times.get(event.driverId) ?? new Set()).add(event.fix.t));
    }
  return times;
}

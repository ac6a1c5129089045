import { setTimeout as sleep } from 'node:timers/promises';
import { progressOf } from '../../libs/store/src/fix-stream.js';
import { eventually } from '../fixtures/eventually.js';
import type { System, startSystem } from '../fixtures/system.js';
import { DRIVERS, type Fleet, RIDERS, startFleet } from './fleet.js';
import { IndexWatch, readIndex } from './index-watch.js';
import type { Context } from './scenario.js';
import { missingFromTrack } from './track-audit.js';
import { withSystem } from './with-system.js';

export const PARTITIONS = 2;
const SETTLE_MS = 15_000;

/** A complete installation under load, and the observers. */
export type TestBed = {
  system: System;
  fleet: Fleet;
  index: IndexWatch;
  /** waits until this many seconds after the start of the load */
  until(second: number): Promise<void>;
  /**
   * Stops the drivers and waits until everything in flight has arrived, as far as it ever does; in the tracks, what was
   * acked since that time, epoch ms.
   */
  settle(since?: number): Promise<void>;
};

export const withTestBed = <T>(
  context: Context,
  options: NonNullable<Parameters<typeof startSystem>[0]>,
  work: (testBed: TestBed) => Promise<T>,
): Promise<T> =>
  withSystem(
    { ...options, env: { HEXFLEET_PARTITIONS: String(PARTITIONS), ...options.env } },
    async (system, atEnd) => {
      const index = new IndexWatch(system.redis.url);
      atEnd(() => index.stop());
      const fleet = await startFleet(system, context.random);
      atEnd(fleet.close);
      const startedAt = Date.now();
      context.log(
        `${DRIVERS} drivers send a fix a second, ${RIDERS} riders follow one each; ${fleet.echoes.length} devices send old fixes again.`,
      );
      return work({
        system,
        fleet,
        index,
        until: (second) => sleep(Math.max(0, startedAt + second * 1_000 - Date.now())),
        settle: (since = 0) => settle(system, fleet, since),
      });
    },
  );

async function settle({ redis }: System, fleet: Fleet, since: number): Promise<void> {
  fleet.park();
  // The verdicts report what never arrives.
  await eventually(async () => {
    if ([...fleet.drivers, ...fleet.echoes].some(({ client }) => client.waiting > 0)) return false;
    if (fleet.riders.some(({ driver, received }) => received.at(-1)?.t !== driver.newestAcked)) return false;
    if ((await unfinished(redis.client)) > 0) return false;
    const index = await readIndex(redis.client);
    if (fleet.drivers.some(({ id, newestAcked }) => index.get(id)?.records[0]?.t !== newestAcked))
      return false;
    const missing = await Promise.all(
      fleet.drivers.map((driver) => missingFromTrack(redis.client, driver, since)),
    );
    return missing.every((count) => count === 0);
  }, SETTLE_MS).catch(() => {});
}

/** Stream entries that no processor has finished. */
export async function unfinished(redis: System['redis']['client']): Promise<number> {
  const all = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => progressOf(redis, partition)),
  );
  return all.reduce((sum, { backlog }) => sum + backlog, 0);
}

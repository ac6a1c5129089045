import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { Fix, ShareLink, Trip } from '#protocol';
import { keys } from '../../libs/store/src/keys.js';
import { type DumpedKey, madeNow, restoreKeys } from './dump.js';

/** Content of Redis that `make-dump.ts`, run by one version, left at a time, epoch ms. */
export type Dump = {
  at: number;
  expected: {
    trip: Trip;
    ended: Trip;
    positions: Array<{ driverId: string; lat: number; lng: number; t: number }>;
    track: number[];
    link: ShareLink;
    waiting: Fix[];
  };
  keys: DumpedKey[];
};

const FOLDER = 'test/upgrade/data/';

/** Versions of which there is a dump. */
export const DUMPED_VERSIONS = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

/** Settings of the installation that was dumped: its fixes are up to an hour old. */
export const DUMPED_SETTINGS = { HEXFLEET_SILENT_MS: '3600000' };

/** Writes what a version left into an empty Redis, as if that had been within the last hour. */
export async function restoreDump(version: string, redis: Redis): Promise<Dump> {
  const text = readFileSync(`${FOLDER}${version}.json`, 'utf8');
  const dump: Dump = await madeNow(text, JSON.parse(text).at);
  await restoreKeys(redis, dump.keys);
  // The last processor of version 0.1 died when it had read the fixes that wait.
  const group = ['GROUP', 'processors', 'processor-9'] as const;
  if (version === '0.1') await redis.xreadgroup(...group, 'COUNT', 10, 'STREAMS', keys.fixes(0), '>');
  return dump;
}

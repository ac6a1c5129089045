import { keys } from '../keys.js';
import { script, succeeded } from './script.js';

type CrossZones = {
  region: string;
  driverId: string;
  expected: string | null;
  membership: string;
  ttlMs: number;
  now: number;
  maxEntries: number;
  feedTtlMs: number;
  /** feed of each entry, and its JSON */
  entries: Array<readonly [feed: 'crossings' | 'region', json: string]>;
};

/** Keys of the feeds of a region, by their place among those of the script. */
const FEEDS = { crossings: 2, region: 3 } as const;

/** Stores the membership of a driver and appends its crossings. Returns the ids of the entries; null if another is stored. */
export const crossZones = script('cross-zones-3', {
  keys: ({ region, driverId }: CrossZones) =>
    [
      keys.zoneMember(region, driverId),
      keys.feed(`crossings:${region}`),
      keys.feed(`region:${region}`),
    ] as const,
  args: ({ expected, membership, ttlMs, now, maxEntries, feedTtlMs, entries }: CrossZones) => [
    expected ?? '',
    membership,
    ttlMs,
    now,
    maxEntries,
    feedTtlMs,
    ...entries.flatMap(([feed, json]) => [FEEDS[feed], json]),
  ],
  result: ([stored, ...ids]: string[]) => (stored === '1' ? ids : null),
});

type ChangeQueue = { region: string; zoneId: string; expectedVersion: number; state: string; ttlMs: number };

/** Stores the state of a queue. Returns false if another version is stored. */
export const changeQueue = script('change-queue-1', {
  keys: ({ region, zoneId }: ChangeQueue) => [keys.zoneQueue(region, zoneId)] as const,
  args: ({ expectedVersion, state, ttlMs }: ChangeQueue) => [expectedVersion, state, ttlMs],
  result: succeeded,
});

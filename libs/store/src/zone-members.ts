import { DAY_MS, type FeedEntry, HOUR_MS } from '#protocol';
import { clock } from './clock.js';
import { MAX_FEED_ENTRIES } from './feeds.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { crossZones } from './scripts/zone-effects.js';

/** Lifetime of a membership after it was last written or read. Drivers that are away for longer enter again. */
const TTL_MS = 7 * DAY_MS;

/**
 * In which zones of each region a driver is, as text. A membership and the crossings that it results from are written
 * together, against the membership that the decision was based on: so each crossing is in the feed once.
 */
export class ZoneMembers {
  readonly #feedTtlMs: number;

  /** @param feedHours lifetime of a feed after its last entry */
  constructor(
    private readonly redis: RedisClient,
    feedHours: number,
  ) {
    this.#feedTtlMs = feedHours * HOUR_MS;
  }

  /** Reads the membership of a driver in the zones of a region; null if there is none. */
  read(region: string, driverId: string): Promise<string | null> {
    return this.redis.getex(keys.zoneMember(region, driverId), 'PX', TTL_MS);
  }

  /**
   * Writes a membership and its crossings.
   * @param expected the membership that must be stored
   * @param crossings also alerts, which go to the feed of the region
   * @returns ids of the entries in their feeds; null, and nothing was written, if another membership is stored
   */
  write(
    region: string,
    driverId: string,
    expected: string | null,
    membership: string,
    crossings: Omit<FeedEntry, 'id' | 'expiresAt'>[],
  ): Promise<string[] | null> {
    return crossZones(this.redis, {
      region,
      driverId,
      expected,
      membership,
      ttlMs: TTL_MS,
      now: clock.now(),
      maxEntries: MAX_FEED_ENTRIES,
      feedTtlMs: this.#feedTtlMs,
      entries: crossings.map(
        ({ event, payload }) =>
          [
            event === 'alert' ? 'region' : 'crossings',
            JSON.stringify({ event, payload, expiresAt: null }),
          ] as const,
      ),
    });
  }
}

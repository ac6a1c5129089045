import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { hourOf, type TrackFix, unpackTrackFix } from './track.js';

/** Fixes by time, each time once. When there were more than fit, the later ones are missing: `truncated`. */
export type TrackPart = { fixes: TrackFix[]; truncated: boolean };

type Span = { from: number; to: number };

/** Also the most elements that are read of one list: a driver may send ten thousand fixes a second. */
export const MAX_TRACK_FIXES = 100_000;
/** More than any car crosses in a week; each is at least 50 km wide. */
const MAX_REGIONS = 50;
const HOURS_AT_ONCE = 6;
const HOUR_MS = 3_600_000;

/** The tracks of drivers: every accepted or late fix of the last hours. */
export class Tracks {
  constructor(
    private readonly redis: RedisClient,
    /** how long fixes are kept */
    private readonly trackHours: number,
  ) {}

  /** Of earlier fixes some are gone, epoch ms. */
  keptFrom(now = Date.now()): number {
    return now - this.trackHours * HOUR_MS;
  }

  /**
   * The fixes from `from` to `to`, epoch ms, both included, as far as they are kept.
   * @returns null when the driver was never heard
   */
  async read(driverId: string, { from, to }: Span, now = Date.now()): Promise<TrackPart | null> {
    const regions = regionsOf(await this.redis.hgetall(keys.driver(driverId)));
    if (regions.length === 0) return null;
    const kept = { from: Math.max(from, this.keptFrom(now)), to };
    // A device's clock may be a little ahead.
    const last = Math.min(hourOf(to), hourOf(now) + 1);
    let fixes: TrackFix[] = [];
    let truncated = false;
    for (let hour = hourOf(kept.from); hour <= last && !truncated; hour += HOURS_AT_ONCE) {
      const hours = Array.from({ length: Math.min(HOURS_AT_ONCE, last - hour + 1) }, (_, i) => hour + i);
      const parts = await Promise.all(hours.map((each) => this.#hour(driverId, regions, each, kept)));
      for (const part of parts) {
        if (truncated) break;
        fixes = fixes.concat(part.fixes);
        truncated = part.truncated || fixes.length > MAX_TRACK_FIXES;
      }
    }
    return { fixes: fixes.slice(0, MAX_TRACK_FIXES), truncated };
  }

  /**
   * The last `count` fixes of this hour and the one before that came from a driver, in order of time; fewer when it sent
   * fewer, or crossed more than one border of regions. A few short reads of the ends of lists.
   */
  async latest(driverId: string, count: number, now = Date.now()): Promise<TrackFix[]> {
    const regions = regionsOf(await this.redis.hgetall(keys.driver(driverId))).slice(0, 2);
    const hours = [hourOf(now) - 1, hourOf(now)];
    const lists = await Promise.all(
      hours.flatMap((hour) => regions.map((region) => this.#list(driverId, region, hour, -count, -1))),
    );
    return byTime(lists.flat()).slice(-count);
  }

  async #hour(driverId: string, regions: string[], hour: number, { from, to }: Span): Promise<TrackPart> {
    const lists = await Promise.all(
      regions.map((region) => this.#list(driverId, region, hour, 0, MAX_TRACK_FIXES)),
    );
    const fixes = byTime(lists.flat().filter(({ t }) => t >= from && t <= to));
    return { fixes, truncated: lists.some((list) => list.length > MAX_TRACK_FIXES) };
  }

  /** In order of arrival. @param start @param stop indexes as of LRANGE */
  async #list(
    driverId: string,
    region: string,
    hour: number,
    start: number,
    stop: number,
  ): Promise<TrackFix[]> {
    const elements = await this.redis.lrangeBuffer(keys.track(region, driverId, hour), start, stop);
    return elements.map((element) => unpackTrackFix(element, hour));
  }
}

/** Each time once; of two fixes of one time the one that was not late. */
const byTime = (fixes: TrackFix[]): TrackFix[] =>
  fixes
    .sort((a, b) => a.t - b.t || Number(a.late) - Number(b.late))
    .filter((fix, i, all) => fix.t !== all[i - 1]?.t);

/** Where a driver is, then the regions it left, the last one first; see {@link keys.driver}. */
function regionsOf(card: Record<string, string>): string[] {
  const left = Object.entries(card)
    .filter(([field]) => field.startsWith('region:'))
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([field]) => field.slice('region:'.length));
  const regions = new Set(card.region ? [card.region, ...left] : left);
  return [...regions].slice(0, MAX_REGIONS);
}

import { setImmediate } from 'node:timers/promises';
import { HOUR_MS, MAX_TRACK_FIXES, type Span } from '#protocol';
import { clock } from './clock.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { hourOf, type TrackFix, unpackTrackFix } from './track.js';

/** Fixes sorted by time, one for each time. If there are too many, the latest are missing and `truncated` is true. */
export type TrackPart = { fixes: TrackFix[]; truncated: boolean };

type ReadOptions = { now?: number; signal?: AbortSignal | undefined };

/** More regions than any car crosses in a week; each is at least 50 km wide. */
const MAX_REGIONS = 50;
/** List elements read by one command, and fixes in a page: about a millisecond of work. */
const PAGE_FIXES = 500;

/** Tracks of drivers: every accepted or late fix within the retention. */
export class Tracks {
  constructor(
    private readonly redis: RedisClient,
    /** retention of fixes, hours */
    private readonly trackHours: number,
  ) {}

  /** Start of the retention, epoch ms. Earlier fixes may have been deleted. */
  keptFrom(now = clock.now()): number {
    return now - this.trackHours * HOUR_MS;
  }

  /**
   * Reads the stored fixes from `from` to `to`, epoch ms, both inclusive; at most {@link MAX_TRACK_FIXES}.
   * @param options see {@link open}
   * @returns null if the driver has never sent a fix
   */
  async read(driverId: string, span: Span, options: ReadOptions = {}): Promise<TrackPart | null> {
    const pages = await this.open(driverId, span, options);
    if (pages === null) return null;
    const fixes: TrackFix[] = [];
    for await (const page of pages) {
      fixes.push(...page);
      if (fixes.length > MAX_TRACK_FIXES) return { fixes: fixes.slice(0, MAX_TRACK_FIXES), truncated: true };
    }
    return { fixes, truncated: false };
  }

  /**
   * Reads all fixes from `from` to `to` in pages of {@link PAGE_FIXES}; only the last page may be shorter. Reads an hour
   * once the pages before it are consumed, and yields to other work between two pages.
   * @param signal aborts the reading; the iterator then throws its reason
   * @returns null if the driver has never sent a fix
   */
  async open(
    driverId: string,
    { from, to }: Span,
    { now = clock.now(), signal }: ReadOptions = {},
  ): Promise<AsyncGenerator<TrackFix[]> | null> {
    const regions = regionsOf(await this.redis.hgetall(keys.driverPointer(driverId)));
    if (regions.length === 0) return null;
    const kept = { from: Math.max(from, this.keptFrom(now)), to };
    // A device's clock may be a little ahead.
    const last = Math.min(hourOf(to), hourOf(now) + 1);
    return this.#pages(driverId, regions, kept, last, signal);
  }

  async *#pages(
    driverId: string,
    regions: string[],
    span: Span,
    last: number,
    signal?: AbortSignal,
  ): AsyncGenerator<TrackFix[]> {
    let fixes: TrackFix[] = [];
    for (let hour = hourOf(span.from); hour <= last; hour += 1) {
      fixes = fixes.concat(await this.#hour(driverId, regions, hour, span, signal));
      let at = 0;
      for (; fixes.length - at >= PAGE_FIXES; at += PAGE_FIXES) {
        yield fixes.slice(at, at + PAGE_FIXES);
        await setImmediate();
        signal?.throwIfAborted();
      }
      fixes = fixes.slice(at);
    }
    if (fixes.length > 0) yield fixes;
  }

  /**
   * Reads the last `count` fixes of a driver from this hour and the previous one, sorted by time. Returns fewer if it sent
   * fewer or was in more than two regions. Cheap: reads only the ends of up to four lists.
   */
  async latest(driverId: string, count: number, now = clock.now()): Promise<TrackFix[]> {
    const regions = regionsOf(await this.redis.hgetall(keys.driverPointer(driverId))).slice(0, 2);
    const hours = [hourOf(now) - 1, hourOf(now)];
    const lists = await Promise.all(
      hours.flatMap((hour) => regions.map((region) => this.#list(driverId, region, hour, -count, -1))),
    );
    return byTime(lists.flat()).slice(-count);
  }

  /** Reads and sorts one hour. Lists are in order of arrival, so late fixes are out of place only within their hour. */
  async #hour(
    driverId: string,
    regions: string[],
    hour: number,
    { from, to }: Span,
    signal?: AbortSignal,
  ): Promise<TrackFix[]> {
    const lists = await Promise.all(regions.map((region) => this.#wholeList(driverId, region, hour, signal)));
    return byTime(lists.flat().filter(({ t }) => t >= from && t <= to));
  }

  async #wholeList(
    driverId: string,
    region: string,
    hour: number,
    signal?: AbortSignal,
  ): Promise<TrackFix[]> {
    const fixes: TrackFix[] = [];
    for (let at = 0; ; at += PAGE_FIXES) {
      signal?.throwIfAborted();
      const page = await this.#list(driverId, region, hour, at, at + PAGE_FIXES - 1);
      fixes.push(...page);
      if (page.length < PAGE_FIXES) return fixes;
    }
  }

  /** Reads part of a list, in order of arrival. @param start @param stop indexes of LRANGE */
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

/** Sorts by time and keeps one fix for each time, preferably one that was not late. */
const byTime = (fixes: TrackFix[]): TrackFix[] =>
  fixes
    .sort((a, b) => a.t - b.t || Number(a.late) - Number(b.late))
    .filter((fix, i, all) => fix.t !== all[i - 1]?.t);

/** Region of a driver, then the regions that it left, most recent first; see {@link keys.driverPointer}. */
function regionsOf(pointer: Record<string, string>): string[] {
  const earlier = Object.entries(pointer)
    .filter(([field]) => field.startsWith('region:'))
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([field]) => field.slice('region:'.length));
  const regions = new Set(pointer.region ? [pointer.region, ...earlier] : earlier);
  return [...regions].slice(0, MAX_REGIONS);
}

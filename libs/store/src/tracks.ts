import { setImmediate } from 'node:timers/promises';
import { HOUR_MS, MAX_TRACK_FIXES, type Span } from '#protocol';
import { clock } from './clock.js';
import { ifOfData } from './data-error.js';
import { keys } from './keys.js';
import { tailOf } from './record-bytes.js';
import type { RedisClient } from './redis.js';
import { countUpTo, hourOf, MAX_TRACK_PER_HOUR, type TrackFix, unpackTrackFixes } from './track.js';
import { type Chunk, fixesOf, hourOfChunk } from './track-tail.js';

/** Fixes sorted by time, one for each time. If there are too many, the latest are missing and `truncated` is true. */
export type TrackPart = { fixes: TrackFix[]; truncated: boolean };

type ReadOptions = { now?: number; signal?: AbortSignal | undefined };

/** More regions than any car crosses in a week; each is at least 50 km wide. */
const MAX_REGIONS = 50;
/** Fixes in a page: about a millisecond of work. */
const PAGE_FIXES = 500;
/** List elements read by one command. They hold up to seven fixes each, those of earlier versions one. */
const LIST_PAGE = 64;

/** A region that holds a part of a track, and the tail that was in the driver's record there. */
type RegionTail = { region: string; tail: Chunk };

/**
 * Tracks of drivers: every accepted or late fix within the retention. The last fixes are in the driver's record, the others in
 * lists. Records are read first, and the replies awaited: fixes that leave a record meanwhile are then found in the list,
 * at worst in both, and each time is returned once.
 */
export class Tracks {
  constructor(
    private readonly redis: RedisClient,
    /** retention of fixes, hours */
    private readonly trackHours: number,
    /** maximum number of fixes that a list takes */
    private readonly maxPerHour = MAX_TRACK_PER_HOUR,
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
    const tails = await this.#tails(driverId, regions);
    const kept = { from: Math.max(from, this.keptFrom(now)), to };
    // A device's clock may be a little ahead.
    const last = Math.min(hourOf(to), hourOf(now) + 1);
    return this.#pages(driverId, tails, kept, last, signal);
  }

  async *#pages(
    driverId: string,
    tails: RegionTail[],
    span: Span,
    last: number,
    signal?: AbortSignal,
  ): AsyncGenerator<TrackFix[]> {
    let fixes: TrackFix[] = [];
    for (let hour = hourOf(span.from); hour <= last; hour += 1) {
      fixes = fixes.concat(await this.#hour(driverId, tails, hour, span, signal));
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
    const tails = await this.#tails(driverId, regions);
    const hours = [hourOf(now) - 1, hourOf(now)];
    const ends = await Promise.all(
      hours.flatMap((hour) => tails.map((tail) => this.#end(driverId, tail, hour, count))),
    );
    return byTime(ends.flat()).slice(-count);
  }

  /** Reads the tail of the track in each region. */
  async #tails(driverId: string, regions: string[]): Promise<RegionTail[]> {
    return Promise.all(
      regions.map(async (region) => {
        const record = await this.redis.hgetBuffer(keys.drivers(region), driverId).catch(ifOfData(null));
        return { region, tail: record === null ? '' : tailOf(record) };
      }),
    );
  }

  /** Reads and sorts one hour. Lists are in order of arrival, so late fixes are out of place only within their hour. */
  async #hour(
    driverId: string,
    tails: RegionTail[],
    hour: number,
    { from, to }: Span,
    signal?: AbortSignal,
  ): Promise<TrackFix[]> {
    const lists = await Promise.all(tails.map((tail) => this.#whole(driverId, tail, hour, signal)));
    return byTime(lists.flat().filter(({ t }) => t >= from && t <= to));
  }

  /** Reads one hour in one region, in order of arrival. */
  async #whole(
    driverId: string,
    { region, tail }: RegionTail,
    hour: number,
    signal?: AbortSignal,
  ): Promise<TrackFix[]> {
    const fixes: TrackFix[] = [];
    for (let at = 0; ; at += LIST_PAGE) {
      signal?.throwIfAborted();
      const elements = await this.#elements(driverId, region, hour, at, at + LIST_PAGE - 1);
      for (const element of elements) fixes.push(...unpackTrackFixes(element, hour));
      if (elements.length === LIST_PAGE) continue;
      fixes.push(...this.#tailWithin(tail, hour, fixes.length));
      return fixes;
    }
  }

  /** Reads the last fixes of one hour in one region, in order of arrival. */
  async #end(
    driverId: string,
    { region, tail }: RegionTail,
    hour: number,
    count: number,
  ): Promise<TrackFix[]> {
    const elements = await this.#elements(driverId, region, hour, -count, -1);
    const last = elements.at(-1);
    const end = this.#tailWithin(tail, hour, last === undefined ? 0 : countUpTo(last));
    let fixes = end;
    // As many more as may be in the list by now, too.
    while (fixes.length < count + end.length && elements.length > 0)
      fixes = unpackTrackFixes(elements.pop()!, hour).concat(fixes);
    const times = new Set<number>();
    return fixes.filter(({ t }) => !times.has(t) && times.add(t)).slice(-count);
  }

  /** The fixes of a tail that its list will take, after those that it holds. */
  #tailWithin(tail: Chunk, hour: number, listed: number): TrackFix[] {
    if (tail === '' || hourOfChunk(tail) !== hour) return [];
    return fixesOf(tail).slice(0, Math.max(0, this.maxPerHour - listed));
  }

  /** @param start @param stop indexes of LRANGE */
  #elements(driverId: string, region: string, hour: number, start: number, stop: number): Promise<Buffer[]> {
    return this.redis.lrangeBuffer(keys.track(region, driverId, hour), start, stop);
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

import { setImmediate } from 'node:timers/promises';
import { MAX_TRACK_FIXES } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { hourOf, type TrackFix, unpackTrackFix } from './track.js';

/** Fixes by time, each time once. When there were more than fit, the later ones are missing: `truncated`. */
export type TrackPart = { fixes: TrackFix[]; truncated: boolean };

type Span = { from: number; to: number };

/** More than any car crosses in a week; each is at least 50 km wide. */
const MAX_REGIONS = 50;
/** Elements that one command reads, and fixes of a page: about a millisecond of work. */
const PAGE_FIXES = 500;
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
   * The fixes from `from` to `to`, epoch ms, both included, as far as they are kept: {@link MAX_TRACK_FIXES} at most.
   * @returns null when the driver was never heard
   */
  async read(driverId: string, span: Span, now = Date.now()): Promise<TrackPart | null> {
    const pages = await this.open(driverId, span, { now });
    if (pages === null) return null;
    const fixes: TrackFix[] = [];
    for await (const page of pages) {
      fixes.push(...page);
      if (fixes.length > MAX_TRACK_FIXES) return { fixes: fixes.slice(0, MAX_TRACK_FIXES), truncated: true };
    }
    return { fixes, truncated: false };
  }

  /**
   * All fixes from `from` to `to`, in pages of {@link PAGE_FIXES} of which only the last is shorter. An hour of them is
   * read when the pages before it are taken, and other work gets its turn between two pages.
   * @param signal ends the reading; the pages then throw its reason
   * @returns null when the driver was never heard
   */
  async open(
    driverId: string,
    { from, to }: Span,
    { now = Date.now(), signal }: { now?: number; signal?: AbortSignal } = {},
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
   * The last `count` fixes of this hour and the one before that came from a driver, in order of time; fewer when it sent
   * fewer, or crossed more than one border of regions. A few short reads of the ends of lists.
   */
  async latest(driverId: string, count: number, now = Date.now()): Promise<TrackFix[]> {
    const regions = regionsOf(await this.redis.hgetall(keys.driverPointer(driverId))).slice(0, 2);
    const hours = [hourOf(now) - 1, hourOf(now)];
    const lists = await Promise.all(
      hours.flatMap((hour) => regions.map((region) => this.#list(driverId, region, hour, -count, -1))),
    );
    return byTime(lists.flat()).slice(-count);
  }

  /** An hour is what has to be sorted: late fixes stand where they arrived. */
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

/** Where a driver is, then the regions it left, the last one first; see {@link keys.driverPointer}. */
function regionsOf(card: Record<string, string>): string[] {
  const left = Object.entries(card)
    .filter(([field]) => field.startsWith('region:'))
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([field]) => field.slice('region:'.length));
  const regions = new Set(card.region ? [card.region, ...left] : left);
  return [...regions].slice(0, MAX_REGIONS);
}

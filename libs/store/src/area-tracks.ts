import { setImmediate } from 'node:timers/promises';
import { distanceM, type Point, thinned } from '#geo';
import { regionOf } from '#geo/cells';
import type { Span, VehicleHistory } from '#protocol';
import { clock } from './clock.js';
import { keys } from './keys.js';
import { type DriverRecord, isPlaceholder, writtenAt } from './record.js';
import type { RedisClient } from './redis.js';
import { decodeAll } from './stored-records.js';
import type { TrackFix } from './track.js';
import type { Tracks } from './tracks.js';

/** The cells that an area touches, and a test whether a position is in it. */
export type Area = { cells: string[]; contains: (position: Point) => boolean };

/** As many as a map shows as single vehicles. */
const MAX_VEHICLES = 2_000;
/** About as many as one gateway unpacks in two seconds. */
const MAX_FIXES = 1_000_000;
/** Tracks read concurrently; each takes up to 100,000 fixes of memory. */
const CONCURRENCY = 4;
/** Records per HSCAN. */
const SCANNED_AT_ONCE = 1_000;
const THINNING = { toleranceM: 8, maxGapMs: 60_000 };

type KeepDrivers = (driverIds: string[]) => Promise<string[]>;

/** History of an area, from the tracks of drivers that are in its regions or were there within the last day. */
export class AreaTracks {
  constructor(
    private readonly redis: RedisClient,
    private readonly tracks: Tracks,
  ) {}

  /**
   * Reads the vehicles that crossed an area, those last seen nearest to `centre` first; at most {@link MAX_VEHICLES}.
   * @param signal aborts the reading; the iterator then throws its reason
   * @param ofFleet keeps the drivers to read, of those that were found
   * @returns after the last vehicle, whether any vehicle or fix is missing, and how many drivers were in the regions at all
   */
  async *read(
    { cells, contains }: Area,
    centre: Point,
    span: Span,
    {
      now = clock.now(),
      signal,
      ofFleet,
    }: { now?: number; signal?: AbortSignal; ofFleet?: KeepDrivers } = {},
  ): AsyncGenerator<VehicleHistory[], { truncated: boolean; candidates: number }> {
    const found = await this.#seenSince(new Set(cells.map(regionOf)), span.from, signal);
    const kept = ofFleet === undefined ? null : new Set(await ofFleet([...found.keys()]));
    const all = [...found.values()].filter(({ driverId }) => kept?.has(driverId) ?? true);
    const candidates = all.sort((a, b) => distanceM(centre, a) - distanceM(centre, b));
    let vehicles = 0;
    let fixes = 0;
    let truncated = false;
    for (let at = 0; at < candidates.length; at += CONCURRENCY) {
      if (vehicles >= MAX_VEHICLES || fixes >= MAX_FIXES)
        return { truncated: true, candidates: candidates.length };
      const batch = candidates.slice(at, at + CONCURRENCY).map(async ({ driverId }) => {
        const part = await this.tracks.read(driverId, span, { now, signal });
        return { driverId, fixes: part?.fixes ?? [], truncated: part?.truncated ?? false };
      });
      const histories: VehicleHistory[] = [];
      for (const track of await Promise.all(batch)) {
        fixes += track.fixes.length;
        truncated ||= track.truncated;
        const vehicle = historyOf(track.driverId, track.fixes, contains, span.from);
        if (vehicle !== null) histories.push(vehicle);
        await setImmediate();
        signal?.throwIfAborted();
      }
      vehicles += histories.length;
      if (histories.length > 0) yield histories;
    }
    return { truncated, candidates: candidates.length };
  }

  /** The newest record of each driver: one that moved to another region has a record in both. */
  async #seenSince(
    regions: Iterable<string>,
    from: number,
    signal?: AbortSignal,
  ): Promise<Map<string, DriverRecord>> {
    const found = new Map<string, DriverRecord>();
    for (const region of regions) {
      let cursor = '0';
      do {
        signal?.throwIfAborted();
        const count = SCANNED_AT_ONCE;
        const [next, flat] = await this.redis.hscanBuffer(keys.drivers(region), cursor, 'COUNT', count);
        cursor = next.toString();
        for (const record of decodeAll(region, flat)) {
          const known = found.get(record.driverId);
          const isOlder = known !== undefined && known.version > record.version;
          if (!isOlder && !isPlaceholder(record) && writtenAt(record) >= from)
            found.set(record.driverId, record);
        }
      } while (cursor !== '0');
    }
    return found;
  }
}

/** @returns null for a driver that was never in the area */
function historyOf(
  driverId: string,
  fixes: TrackFix[],
  contains: (position: Point) => boolean,
  from: number,
): VehicleHistory | null {
  const path = thinned(fixes, THINNING);
  const isIn = path.map(contains);
  const visible = path.filter((_, i) => isIn[i] || isIn[i - 1] || isIn[i + 1]);
  if (!isIn.includes(true)) return null;
  return {
    driverId,
    times: visible.map(({ t }) => t - from),
    positions: visible.map(({ lat, lng }) => [rounded(lng), rounded(lat)]),
  };
}

/** Rounds to about a metre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

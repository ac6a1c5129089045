import { setImmediate } from 'node:timers/promises';
import { distanceM, type Point, thinned } from '#geo';
import { regionOf } from '#geo/cells';
import type { FleetHistory, Span, VehicleHistory } from '#protocol';
import { decodeAll } from './fleet-index.js';
import type { Area } from './fleet-queries.js';
import { keys } from './keys.js';
import { type DriverRecord, isPlaceholder, lastSeenAt } from './record.js';
import type { RedisClient } from './redis.js';
import type { TrackFix } from './track.js';
import type { Tracks } from './tracks.js';

/** More than one watches at a time. */
const MAX_VEHICLES = 300;
/** About what two seconds of one gateway can unpack. */
const MAX_FIXES = 1_000_000;
/** Each holds up to a hundred thousand fixes meanwhile. */
const AT_ONCE = 4;
const SCANNED_AT_ONCE = 1_000;
const DRAWN = { toleranceM: 8, maxGapMs: 60_000 };

/** The past of an area, from the tracks of those who are or were in its regions within the last day. */
export class AreaTracks {
  constructor(
    private readonly redis: RedisClient,
    private readonly tracks: Tracks,
  ) {}

  /** Beginning with those who were last near `centre`, until there are as many as one can watch. */
  async read({ cells, contains }: Area, centre: Point, span: Span, now = Date.now()): Promise<FleetHistory> {
    const found = await this.#heardSince(new Set(cells.map(regionOf)), span.from);
    const candidates = [...found.values()].sort((a, b) => distanceM(centre, a) - distanceM(centre, b));
    const vehicles: VehicleHistory[] = [];
    let fixes = 0;
    let truncated = false;
    for (let at = 0; at < candidates.length; at += AT_ONCE) {
      if (vehicles.length >= MAX_VEHICLES || fixes >= MAX_FIXES) {
        truncated = true;
        break;
      }
      const batch = candidates.slice(at, at + AT_ONCE).map(async ({ driverId }) => {
        const part = await this.tracks.read(driverId, span, now);
        return { driverId, fixes: part?.fixes ?? [], truncated: part?.truncated ?? false };
      });
      for (const track of await Promise.all(batch)) {
        fixes += track.fixes.length;
        truncated ||= track.truncated;
        const vehicle = historyOf(track.driverId, track.fixes, contains, span.from);
        if (vehicle !== null) vehicles.push(vehicle);
        await setImmediate();
      }
    }
    return { ...span, vehicles, truncated };
  }

  /** A driver that went from one region to the next has a record in each; the newer one tells where it is. */
  async #heardSince(regions: Iterable<string>, from: number): Promise<Map<string, DriverRecord>> {
    const found = new Map<string, DriverRecord>();
    for (const region of regions) {
      let cursor = '0';
      do {
        const [next, flat] = await this.redis.hscan(keys.drivers(region), cursor, 'COUNT', SCANNED_AT_ONCE);
        cursor = next;
        for (const record of decodeAll(region, flat)) {
          const known = found.get(record.driverId);
          const isOlder = known !== undefined && known.version > record.version;
          if (!isOlder && !isPlaceholder(record) && lastSeenAt(record) >= from)
            found.set(record.driverId, record);
        }
      } while (cursor !== '0');
    }
    return found;
  }
}

/** @returns null for one that was never in the area */
function historyOf(
  driverId: string,
  fixes: TrackFix[],
  contains: (position: Point) => boolean,
  from: number,
): VehicleHistory | null {
  const way = thinned(fixes, DRAWN);
  const isIn = way.map(contains);
  const seen = way.filter((_, i) => isIn[i] || isIn[i - 1] || isIn[i + 1]);
  if (!isIn.includes(true)) return null;
  return {
    driverId,
    times: seen.map(({ t }) => t - from),
    positions: seen.map(({ lat, lng }) => [rounded(lng), rounded(lat)]),
  };
}

/** To a metre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

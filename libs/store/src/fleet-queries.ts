import { distanceM, type Point } from '#geo';
import { codeOf, coverCircle, INDEX_RESOLUTION, nearbyCell, regionOf } from '#geo/cells';
import type { CellCount, Vehicle } from '#protocol';
import { Density } from './density.js';
import { decodeAll } from './fleet-index.js';
import { GEO_SET_ERROR_M } from './geo-set.js';
import { groupBy } from './group-by.js';
import { keys } from './keys.js';
import { type DriverRecord, decodeRecord, isReadable, positionOf } from './record.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

export type Found = { record: DriverRecord; distanceM: number };

/** The cells that an area touches, and whether it holds a position. */
export type Area = { cells: string[]; contains: (position: Point) => boolean };
export type Within = { records: DriverRecord[]; counts: CellCount[] | null };

type Statuses = ReadonlyArray<Vehicle['status']>;
type Circle = { center: Point; radiusM: number };

const LIVE: Statuses = ['available', 'busy'];
const LETTERS = { available: 'a', busy: 'b' } as const;
/** Geo sets end at 85.05; a circle of the largest radius around a point below this latitude stays within. */
const GEO_SEARCH_MAX_LAT = 84.9;
/** And one that lies this far from the antimeridian does not reach over it, where GEOSEARCH sees one side only. */
const GEO_SEARCH_MAX_LNG = 179;

/** The fleet index as it is asked: exact on the last fix of each driver. */
export class FleetQueries {
  readonly #scripts: ReturnType<typeof withScripts>;
  readonly #density = new Density();

  constructor(redis: RedisClient) {
    this.#scripts = withScripts(redis);
  }

  /**
   * The `k` nearest drivers within `maxM` of a point, nearest first. It asks a circle that is likely to hold so many, and
   * a wider one when it came short: whoever was not seen is farther away than the circle's edge.
   */
  async nearest(
    k: number,
    point: Point,
    { maxM, statuses = LIVE }: { maxM: number; statuses?: Statuses },
  ): Promise<Found[]> {
    const place = nearbyCell(point) + statuses.join();
    for (
      let radiusM = this.#density.radiusFor(place, k, maxM);
      ;
      radiusM = this.#density.radiusFor(place, k, maxM)
    ) {
      const found = await this.#inCircle({ center: point, radiusM }, k, statuses);
      this.#density.learn(place, found.within, radiusM);
      if (found.within >= k || radiusM >= maxM) return found.nearest;
    }
  }

  /** The drivers of these cells. */
  async inCells(cells: string[], statuses: Statuses = LIVE): Promise<DriverRecord[]> {
    const records = await Promise.all(
      [...groupBy(cells, regionOf)].map(async ([region, own]) =>
        decodeAll(region, await this.#find(region, own, statuses)),
      ),
    );
    return newestOfEach(records.flat(), ({ version }) => version);
  }

  /** How many drivers each of these cells holds; cells without any are left out. */
  async counts(cells: string[]): Promise<CellCount[]> {
    const counts = await Promise.all(
      [...groupBy(cells, regionOf)].map(async ([region, own]) => {
        const codes = own.map(codeOf).join(' ');
        const flat = (await this.#scripts.count(...keys.whole(region), codes)) as number[];
        return own.map((cell, i) => ({ cell, available: flat[2 * i]!, busy: flat[2 * i + 1]! }));
      }),
    );
    return counts.flat().filter(({ available, busy }) => available + busy > 0);
  }

  /** The drivers in an area, or, when its cells hold more than `limit`, how many are in each cell. */
  async within({ cells, contains }: Area, limit: number): Promise<Within> {
    const counts = await this.counts(cells);
    if (totalOf(counts) > limit) return { records: [], counts };
    const records = await this.inCells(counts.map(({ cell }) => cell));
    return { records: records.filter(contains), counts: null };
  }

  async #inCircle(
    circle: Circle,
    k: number,
    statuses: Statuses,
  ): Promise<{ within: number; nearest: Found[] }> {
    const { center, radiusM } = circle;
    const cells = coverCircle(center, radiusM, INDEX_RESOLUTION);
    const candidates: Candidate[] = [];
    const ask = async (region: string, own: string[]) => {
      const flat = await this.#find(region, own, statuses, isSearchable(center) ? circle : undefined);
      for (let i = 0; i < flat.length; i += 2) {
        const text = flat[i + 1]!;
        if (!isReadable(text)) continue;
        const away = distanceM(center, positionOf(text));
        if (away <= radiusM) candidates.push({ driverId: flat[i]!, region, text, distanceM: away });
      }
    };
    const regions = groupBy(cells, regionOf);
    await Promise.all([...regions].map(([region, own]) => ask(region, own)));
    const once =
      regions.size === 1 ? candidates : newestOfEach(candidates, ({ text }) => Number.parseInt(text, 10));
    const nearest = once
      .sort((a, b) => a.distanceM - b.distanceM)
      .slice(0, k)
      .map(({ driverId, region, text, distanceM }) => ({
        record: decodeRecord(driverId, region, text),
        distanceM,
      }));
    return { within: once.length, nearest };
  }

  /** @returns id and record of each, in turn */
  async #find(region: string, cells: string[], statuses: Statuses, circle?: Circle): Promise<string[]> {
    const places = cells.flatMap((cell) => statuses.map((status) => codeOf(cell) + LETTERS[status]));
    const around =
      circle === undefined ? [''] : [circle.radiusM + GEO_SET_ERROR_M, circle.center.lng, circle.center.lat];
    const text = (await this.#scripts.find(...keys.whole(region), places.join(' '), ...around)) as string;
    return text === '' ? [] : text.split('\n');
  }
}

type Candidate = { driverId: string; region: string; text: string; distanceM: number };

const isSearchable = ({ lat, lng }: Point): boolean =>
  Math.abs(lat) <= GEO_SEARCH_MAX_LAT && Math.abs(lng) <= GEO_SEARCH_MAX_LNG;

export const totalOf = (counts: CellCount[]): number =>
  counts.reduce((total, { available, busy }) => total + available + busy, 0);

/** A driver that changed its region between two answers can be in both: the newer one counts. */
function newestOfEach<T extends { driverId: string }>(records: T[], versionOf: (record: T) => number): T[] {
  const newest = new Map<string, T>();
  for (const record of records) {
    const other = newest.get(record.driverId);
    if (other === undefined || versionOf(other) < versionOf(record)) newest.set(record.driverId, record);
  }
  return [...newest.values()];
}

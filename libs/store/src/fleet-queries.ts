import { distanceM, type Point } from '#geo';
import { codeOf, coverCircle, INDEX_RESOLUTION, nearbyCell, regionOf } from '#geo/cells';
import type { CellCount, Vehicle } from '#protocol';
import { clock } from './clock.js';
import { GEO_SET_ERROR_M } from './geo-set.js';
import { groupBy } from './group-by.js';
import { RadiusEstimator } from './radius-estimator.js';
import type { DriverRecord } from './record.js';
import { decodeRecord, isReadable, positionOf, receivedAtOf, versionOf } from './record-bytes.js';
import type { RedisClient } from './redis.js';
import { countDrivers, findDrivers } from './scripts/fleet.js';
import { decodeAll } from './stored-records.js';

export type Found = { record: DriverRecord; distanceM: number };

type Statuses = ReadonlyArray<Vehicle['status']>;
type Circle = { center: Point; radiusM: number };

const LIVE: Statuses = ['available', 'busy'];
const LETTERS = { available: 'a', busy: 'b' } as const;
/** Geo sets end at latitude 85.05; a circle of the maximum radius around a point below this latitude stays inside. */
const GEO_SEARCH_MAX_LAT = 84.9;
/** A circle around a point below this longitude does not cross the antimeridian, where GEOSEARCH sees one side only. */
const GEO_SEARCH_MAX_LNG = 179;

/**
 * Queries of the fleet index, exact for the last fix of each driver. Drivers without a newer position for `silentMs` are left
 * out, whether or not a processor has swept them yet; counts per cell include them until then, a second at most.
 */
export class FleetQueries {
  readonly #radius = new RadiusEstimator();

  constructor(
    private readonly redis: RedisClient,
    private readonly silentMs = Number.POSITIVE_INFINITY,
  ) {}

  /**
   * The `k` nearest drivers within `maxM` of a point, nearest first. Searches a circle that is likely to hold `k` drivers,
   * and a wider one if it does not: a driver that was not found is farther away than the edge of the circle.
   */
  async nearest(
    k: number,
    point: Point,
    { maxM, statuses = LIVE }: { maxM: number; statuses?: Statuses },
  ): Promise<Found[]> {
    const place = nearbyCell(point) + statuses.join();
    for (
      let radiusM = this.#radius.radiusFor(place, k, maxM);
      ;
      radiusM = this.#radius.radiusFor(place, k, maxM)
    ) {
      const found = await this.#inCircle({ center: point, radiusM }, k, statuses);
      this.#radius.learn(place, found.within, radiusM);
      if (found.within >= k || radiusM >= maxM) return found.nearest;
    }
  }

  /** All drivers in these cells. */
  async inCells(cells: string[], statuses: Statuses = LIVE): Promise<DriverRecord[]> {
    const records = await Promise.all(
      [...groupBy(cells, regionOf)].map(async ([region, own]) =>
        decodeAll(region, await this.#find(region, own, statuses)),
      ),
    );
    const freshFrom = this.#freshFrom();
    const fresh = records.flat().filter(({ receivedAt }) => receivedAt >= freshFrom);
    return newestOfEach(fresh, ({ version }) => version);
  }

  /** Number of drivers in each of these cells, without empty cells. */
  async counts(cells: string[]): Promise<CellCount[]> {
    const counts = await Promise.all(
      [...groupBy(cells, regionOf)].map(async ([region, own]) => {
        const flat = await countDrivers(this.redis, { region, cellCodes: own.map(codeOf) });
        return own.map((cell, i) => ({ cell, available: flat[2 * i]!, busy: flat[2 * i + 1]! }));
      }),
    );
    return counts.flat().filter(({ available, busy }) => available + busy > 0);
  }

  async #inCircle(
    circle: Circle,
    k: number,
    statuses: Statuses,
  ): Promise<{ within: number; nearest: Found[] }> {
    const { center, radiusM } = circle;
    const cells = coverCircle(center, radiusM, INDEX_RESOLUTION);
    const candidates: Candidate[] = [];
    const freshFrom = this.#freshFrom();
    const search = async (region: string, own: string[]) => {
      const flat = await this.#find(region, own, statuses, isSearchable(center) ? circle : null);
      for (let i = 0; i < flat.length; i += 2) {
        const bytes = flat[i + 1]!;
        if (!isReadable(bytes) || receivedAtOf(bytes) < freshFrom) continue;
        const away = distanceM(center, positionOf(bytes));
        if (away <= radiusM)
          candidates.push({ driverId: flat[i]!.toString(), region, bytes, distanceM: away });
      }
    };
    const regions = groupBy(cells, regionOf);
    await Promise.all([...regions].map(([region, own]) => search(region, own)));
    const unique =
      regions.size === 1 ? candidates : newestOfEach(candidates, ({ bytes }) => versionOf(bytes));
    const nearest = unique
      .sort((a, b) => a.distanceM - b.distanceM)
      .slice(0, k)
      .map(({ driverId, region, bytes, distanceM }) => ({
        record: decodeRecord(driverId, region, bytes),
        distanceM,
      }));
    return { within: unique.length, nearest };
  }

  #freshFrom(): number {
    return clock.now() - this.silentMs;
  }

  /** @returns id and record of each driver, alternating */
  #find(
    region: string,
    cells: string[],
    statuses: Statuses,
    circle: Circle | null = null,
  ): Promise<Buffer[]> {
    const places = cells.flatMap((cell) => statuses.map((status) => codeOf(cell) + LETTERS[status]));
    const wider = circle === null ? null : { ...circle, radiusM: circle.radiusM + GEO_SET_ERROR_M };
    return findDrivers(this.redis, { region, places, circle: wider });
  }
}

type Candidate = { driverId: string; region: string; bytes: Buffer; distanceM: number };

const isSearchable = ({ lat, lng }: Point): boolean =>
  Math.abs(lat) <= GEO_SEARCH_MAX_LAT && Math.abs(lng) <= GEO_SEARCH_MAX_LNG;

export const totalOf = (counts: CellCount[]): number =>
  counts.reduce((total, { available, busy }) => total + available + busy, 0);

/** Keeps the newest record of each driver: one that changes its region between two replies can be in both. */
function newestOfEach<T extends { driverId: string }>(records: T[], versionOf: (record: T) => number): T[] {
  const newest = new Map<string, T>();
  for (const record of records) {
    const other = newest.get(record.driverId);
    if (other === undefined || versionOf(other) < versionOf(record)) newest.set(record.driverId, record);
  }
  return [...newest.values()];
}

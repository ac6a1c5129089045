import { distanceM, type Point } from '#geo';
import { coverCircle, INDEX_RESOLUTION, regionOf } from '#geo/cells';
import type { DecisionCounts, Status, Vehicle } from '#protocol';
import { groupBy } from './group-by.js';
import { keys } from './keys.js';
import { type DriverRecord, decodeRecord, encodeRecord } from './record.js';
import type { RedisClient } from './redis.js';
import { withScripts } from './scripts.js';

/** What the store knows of a driver: its record while it is in the index, and its card, which outlives that. */
export type KnownDriver = {
  driverId: string;
  record: DriverRecord | null;
  /** the region that holds the record, or held the last one; null before the first fix */
  region: string | null;
  /** the last record before the driver left the index: its watermark still holds */
  left: DriverRecord | null;
  /** as the driver declared it; one that never did is available */
  status: Status;
  shift: number;
  /** order of the last change of status in the stream; an older one that comes again changes nothing */
  statusAt: number;
};

/** A new record, and the one it replaces, which must still be the stored one. */
export type Write = { before: DriverRecord | null; after: DriverRecord; noteSeen: boolean };

/** Live drivers as GET /api/nearby and snapshots need them. */
export type Found = { record: DriverRecord; distanceM: number };

type Statuses = ReadonlyArray<Vehicle['status']>;

const LIVE: Statuses = ['available', 'busy'];
/** Redis takes at most about 8,000 values from a script's unpack. */
const MAX_WRITES = 1_000;
const MAX_SWEPT = 500;
const CARD_TTL_S = 48 * 3_600;
/** Geo sets end here; what lies beyond is kept at their edge and measured on its record, like everything. */
const GEO_SET_MAX_LAT = 85.05;
/** A circle of the largest radius around a pin below this latitude stays within. */
const GEO_SEARCH_MAX_LAT = 84.9;
/** Geo sets keep 52 bits of a position, which is off by up to 0.6 m. */
const GEO_SET_ERROR_M = 1;

/** The fleet index: who is where, now. A driver is in exactly one cell of one region. */
export class FleetIndex {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
  }

  async load(driverId: string): Promise<KnownDriver> {
    const card = await this.#redis.hgetall(keys.driver(driverId));
    const region = card.region || null;
    const stored = region === null ? null : await this.#redis.hget(keys.drivers(region), driverId);
    const record = stored === null ? null : decodeRecord(driverId, stored);
    const left = card.left ? decodeRecord(driverId, card.left) : null;
    return {
      driverId,
      region,
      record,
      left,
      // The card is written after the record, so the record knows better.
      status: record?.status ?? (card.status as Status | undefined) ?? 'available',
      shift: record?.shift ?? Math.max(Number(card.shift ?? 0), left?.shift ?? 0),
      statusAt: record?.statusAt ?? Math.max(Number(card.statusAt ?? 0), left?.statusAt ?? 0),
    };
  }

  async declareStatus(driverId: string, status: Status, shift: number, statusAt: number): Promise<void> {
    await this.#redis.hset(keys.driver(driverId), { status, shift, statusAt });
  }

  /** Points a driver to the region that will hold it. @returns false when another processor moved it first */
  async claim(driverId: string, from: string | null, to: string): Promise<boolean> {
    await this.#redis.sadd(keys.regions, to);
    return (await this.#scripts.claim(keys.driver(driverId), from ?? '', to)) === 1;
  }

  /** @returns the drivers whose stored record was another than expected; nothing of theirs was written */
  async apply(writes: Write[]): Promise<string[]> {
    const byRegion = groupBy(writes, ({ after }) => regionOf(after.cell));
    const conflicts: string[] = [];
    await Promise.all(
      [...byRegion].map(async ([region, all]) => {
        for (let at = 0; at < all.length; at += MAX_WRITES) {
          const chunk = all.slice(at, at + MAX_WRITES);
          const refused = (await this.#scripts.apply(
            keys.drivers(region),
            keys.seen(region),
            JSON.stringify(chunk.flatMap(applyArguments)),
          )) as number[];
          for (const index of refused) conflicts.push(chunk[index]!.after.driverId);
        }
      }),
    );
    return conflicts;
  }

  /** Takes a driver out of the index. @returns false when its stored record is another by now */
  async remove(record: DriverRecord): Promise<boolean> {
    const region = regionOf(record.cell);
    await this.#keepCard(record);
    const removed = await this.#scripts.remove(
      keys.drivers(region),
      keys.seen(region),
      keys.cell(record.cell, record.status),
      record.driverId,
      record.version,
    );
    return removed === 1;
  }

  /** The regions that hold or held drivers. */
  regions(): Promise<string[]> {
    return this.#redis.smembers(keys.regions);
  }

  /** Removes who was last heard before `cutoff`, epoch ms. @returns their last records, for {@link keepCards} */
  async sweep(region: string, cutoff: number): Promise<DriverRecord[]> {
    const cells = `{${region}}:cell:`;
    const flat = await this.#scripts.sweep(keys.drivers(region), keys.seen(region), cutoff, cells, MAX_SWEPT);
    const swept: DriverRecord[] = [];
    for (const [i, id] of (flat as string[]).entries()) {
      if (i % 2 === 0) swept.push(decodeRecord(id, (flat as string[])[i + 1]!));
    }
    return swept;
  }

  /** Keeps what holds for drivers that left: their watermark, and the name that riders knew them by. */
  async keepCards(records: DriverRecord[]): Promise<void> {
    await Promise.all(records.map((record) => this.#keepCard(record)));
  }

  /** The drivers of these cells. */
  inCells(cells: string[], statuses: Statuses = LIVE): Promise<DriverRecord[]> {
    return this.#gather(cells, (pipeline, cell) => {
      for (const status of statuses) pipeline.call('ZRANGE', keys.cell(cell, status), 0, -1);
    });
  }

  /** The drivers within `radiusM` of a point, nearest first, measured on their stored last fix. */
  async nearest(point: Point, radiusM: number, limit: number, statuses: Statuses): Promise<Found[]> {
    const cells = coverCircle(point, radiusM, INDEX_RESOLUTION);
    const records =
      Math.abs(point.lat) > GEO_SEARCH_MAX_LAT
        ? await this.inCells(cells, statuses)
        : await this.#inCircle(cells, point, radiusM, statuses);
    return records
      .map((record) => ({ record, distanceM: distanceM(point, record) }))
      .filter((found) => found.distanceM <= radiusM)
      .sort((a, b) => a.distanceM - b.distanceM)
      .slice(0, limit);
  }

  #inCircle(cells: string[], point: Point, radiusM: number, statuses: Statuses): Promise<DriverRecord[]> {
    const reachM = radiusM + GEO_SET_ERROR_M;
    return this.#gather(cells, (pipeline, cell) => {
      for (const status of statuses) {
        const key = keys.cell(cell, status);
        pipeline.call('GEOSEARCH', key, 'FROMLONLAT', point.lng, point.lat, 'BYRADIUS', reachM, 'm');
      }
    });
  }

  async count(driverId: string, counts: Partial<DecisionCounts>): Promise<void> {
    await Promise.all(
      Object.entries(counts).map(([kind, by]) => this.#redis.hincrby(keys.driver(driverId), kind, by)),
    );
  }

  async counts(driverId: string): Promise<DecisionCounts> {
    const [late, repeated, implausible] = await this.#redis.hmget(
      keys.driver(driverId),
      'late',
      'repeated',
      'implausible',
    );
    return { late: Number(late), repeated: Number(repeated), implausible: Number(implausible) };
  }

  /** Asks the cells of each region in one round trip, then reads the records of the ids that they answered. */
  async #gather(cells: string[], ask: (pipeline: Pipeline, cell: string) => void): Promise<DriverRecord[]> {
    const records = await Promise.all(
      [...groupBy(cells, regionOf)].map(async ([region, own]) => {
        const pipeline = this.#redis.pipeline();
        for (const cell of own) ask(pipeline, cell);
        const ids = ((await pipeline.exec()) ?? []).flatMap(([error, members]) => {
          if (error !== null) throw error;
          return members as string[];
        });
        if (ids.length === 0) return [];
        const stored = await this.#redis.hmget(keys.drivers(region), ...ids);
        // A driver may have left between the two questions.
        return stored.flatMap((text, i) => (text === null ? [] : [decodeRecord(ids[i]!, text)]));
      }),
    );
    return newestOfEach(records.flat());
  }

  async #keepCard(record: DriverRecord): Promise<void> {
    const key = keys.driver(record.driverId);
    await this.#redis.hset(key, { left: encodeRecord(record) });
    await this.#redis.expire(key, CARD_TTL_S);
  }
}

type Pipeline = ReturnType<RedisClient['pipeline']>;

function applyArguments({ before, after, noteSeen }: Write): Array<string | number> {
  const enter = keys.cell(after.cell, after.status);
  const leave = before === null ? enter : keys.cell(before.cell, before.status);
  const seen = noteSeen ? Math.floor(after.version / 1_000) : '';
  const expected = before === null ? '' : String(before.version);
  return [
    after.driverId,
    expected,
    encodeRecord(after),
    enter,
    leave === enter ? '' : leave,
    after.lng,
    clampLat(after.lat),
    seen,
  ];
}

/** A driver that was read while it changed its cell can come twice. */
function newestOfEach(records: DriverRecord[]): DriverRecord[] {
  const newest = new Map<string, DriverRecord>();
  for (const record of records) {
    const other = newest.get(record.driverId);
    if (other === undefined || other.version < record.version) newest.set(record.driverId, record);
  }
  return [...newest.values()];
}

const clampLat = (lat: number): number => Math.max(-GEO_SET_MAX_LAT, Math.min(GEO_SET_MAX_LAT, lat));

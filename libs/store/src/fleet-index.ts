import { regionOf } from '#geo/cells';
import { HOUR_MS, type Span, type Status } from '#protocol';
import { ifOfData } from './data-error.js';
import { keys } from './keys.js';
import { type DriverRecord, isPlaceholder, leaving } from './record.js';
import { decodeRecord, isReadable, versionOf } from './record-bytes.js';
import { RecordWriter } from './record-writer.js';
import type { Write } from './record-writes.js';
import { isCluster, type RedisClient } from './redis.js';
import { ReplicaWaits } from './replication.js';
import {
  claimDriver,
  declareStatus,
  expireDriverPointer,
  findStale,
  forgetRecord,
  forgetRegion,
} from './scripts/fleet.js';
import { decodeAll, departureText, recordOfPointer } from './stored-records.js';
import { MAX_TRACK_PER_HOUR } from './track.js';
import { Tracks } from './tracks.js';

/** State of one driver as the store has it. */
export type KnownDriver = {
  driverId: string;
  /** the current or last position; null before the first fix, and after the record was forgotten */
  record: DriverRecord | null;
  /** the region that its driver pointer names; null before the first fix */
  region: string | null;
  /** version of the record in that region; null if there is none, as between two regions */
  stored: number | null;
  /** version of the claim in the driver pointer */
  claimed: number;
  /** as the driver declared it; `available` by default */
  status: Status;
  shift: number;
  /** order of the last status change in the stream; an older change that is redelivered has no effect */
  statusAt: number;
};

type Declared = Pick<KnownDriver, 'status' | 'shift' | 'statusAt'>;

const SCANNED_AT_ONCE = 1_000;
const HOUR_S = 3_600;
/** Minimum lifetime of a driver pointer. It outlives the watermark, and tracks are found through it. */
const MIN_POINTER_HOURS = 48;

type Options = {
  /** retention of fixes, hours */
  trackHours?: number;
  /** see {@link MAX_TRACK_PER_HOUR} */
  maxTrackPerHour?: number;
  /**
   * replicas that must have a write before it counts as stored. Asked on a Redis Cluster only: a single master also replicates
   * the later step of the cursor, and always after the write
   */
  waitReplicas?: number;
};

/**
 * The fleet index as processors write it: the current position of each driver. A driver is present in at most one cell of
 * one region at any time, with any number of processors, wherever one of them is killed:
 *
 * - Every write names the version that it replaces, and is refused if another version is stored.
 * - Before a processor writes a driver that is not present, it claims the driver pointer, against the claim that it read.
 * - Before it claims another region, it writes a departure record to the region that the driver pointer names. Its version
 *   is newer than any claim before, so that an entry into that region which is still in flight is refused.
 *
 * A record holds the last fixes of its track, the tail, so each write carries over the tail of the record that it replaces,
 * and the script that stores the record is also the one that moves full tails into lists: a fix is in one of them, whatever
 * fails. The record of a driver that left has no tail. So what leaves a region, or is forgotten there, is in lists.
 */
export class FleetIndex {
  readonly #redis: RedisClient;
  readonly #trackHours: number;
  readonly #pointerTtlS: number;
  readonly #tracks: Tracks;
  readonly #replicas: ReplicaWaits;
  readonly #writer: RecordWriter;

  constructor(
    redis: RedisClient,
    { trackHours = 24, maxTrackPerHour = MAX_TRACK_PER_HOUR, waitReplicas = 0 }: Options = {},
  ) {
    this.#redis = redis;
    this.#replicas = new ReplicaWaits(redis, isCluster(redis) ? waitReplicas : 0);
    this.#writer = new RecordWriter(redis, this.#replicas, { trackHours, maxTrackPerHour });
    this.#tracks = new Tracks(redis, trackHours, maxTrackPerHour);
    this.#trackHours = trackHours;
    this.#pointerTtlS = Math.max(MIN_POINTER_HOURS, trackHours + 1) * HOUR_S;
  }

  /** Times of a driver's stored fixes within a span, epoch ms. */
  async keptTimes(driverId: string, span: Span): Promise<Set<number>> {
    const part = await this.#tracks.read(driverId, span);
    return new Set(part?.fixes.map(({ t }) => t));
  }

  /** Reads the state of a driver, also between two regions. */
  async load(driverId: string): Promise<KnownDriver> {
    // Driver pointer first: a move writes its departure record to the region that was read here.
    const pointer = await this.#redis.hgetall(keys.driverPointer(driverId));
    const region = pointer.region ?? null;
    const bytes = region === null ? null : await this.#redis.hgetBuffer(keys.drivers(region), driverId);
    const stored = bytes === null || !isReadable(bytes) ? null : decodeRecord(driverId, region!, bytes);
    const departure = recordOfPointer(driverId, pointer);
    const last = departure !== null && departure.version > (stored?.version ?? 0) ? departure : stored;
    return {
      driverId,
      record: last === null || isPlaceholder(last) ? null : last,
      region,
      stored: bytes === null ? null : versionOf(bytes),
      claimed: Number(pointer.claimed ?? 0),
      status: last?.status ?? (pointer.status as Status | undefined) ?? 'available',
      shift: last?.shift ?? Number(pointer.shift ?? 0),
      statusAt: last?.statusAt ?? Number(pointer.statusAt ?? 0),
    };
  }

  /** The record of a driver in one region; null if there is none. */
  recordIn(region: string, driverId: string): Promise<DriverRecord | null> {
    return this.#writer.recordIn(region, driverId);
  }

  /** The region that each driver pointer names; null without a driver pointer, or with an unreadable one. */
  async regionsOf(driverIds: string[]): Promise<Array<string | null>> {
    const regionNamed = (driverId: string) => this.#redis.hget(keys.driverPointer(driverId), 'region');
    return Promise.all(driverIds.map((driverId) => regionNamed(driverId).catch(ifOfData(null))));
  }

  /**
   * Stores the status of a driver without a position; the status of any other driver is in its record.
   * @returns false if the driver pointer has changed since `known` was loaded
   */
  async declare({ driverId, statusAt: expectedStatusAt }: KnownDriver, declared: Declared): Promise<boolean> {
    const { status, shift, statusAt } = declared;
    const ttlS = this.#pointerTtlS;
    const change = { driverId, expectedStatusAt, status, shift, statusAt, ttlS };
    const isStored = await declareStatus(this.#redis, change);
    await this.#replicas.written(keys.driverPointer(driverId));
    return isStored;
  }

  /**
   * Allows a driver to be present in a region, as of `version`.
   * @returns false if another processor has claimed the driver since `known` was loaded
   */
  async claim(known: KnownDriver, to: string, version: number, now: number): Promise<boolean> {
    const { driverId, region, claimed, statusAt } = known;
    const moves = region !== null && region !== to;
    const isClaimed = await claimDriver(this.#redis, {
      driverId,
      expectedRegion: region,
      expectedClaim: claimed,
      region: to,
      version,
      departure: moves ? departureText(region, leaving(region, known, version)) : null,
      now,
      expectedStatusAt: region === null ? statusAt : null,
      hasStatus: known.stored !== null,
      trackFrom: now - (this.#trackHours + 1) * HOUR_MS,
    });
    await this.#replicas.written(keys.driverPointer(driverId));
    return isClaimed;
  }

  /** Writes records, see {@link RecordWriter.apply}. */
  apply(writes: Write[]): Promise<string[]> {
    return this.#writer.apply(writes);
  }

  /** Writes records, see {@link RecordWriter.applyAtOnce}. */
  applyAtOnce(writes: Write[]): Promise<{ conflicts: string[]; isOrdered: boolean }> {
    return this.#writer.applyAtOnce(writes);
  }

  /** Regions that hold or held drivers. */
  regions(): Promise<string[]> {
    return this.#redis.zrange(keys.regions, '0', '-1');
  }

  /** The same with the time of the last write to each, epoch ms, precise to ten seconds. */
  async regionsWritten(): Promise<Map<string, number>> {
    const flat = await this.#redis.zrange(keys.regions, '0', '-1', 'WITHSCORES');
    return new Map(
      flat.flatMap((region, i) => (i % 2 === 0 ? [[region, Number(flat[i + 1])] as const] : [])),
    );
  }

  /** Removes regions that hold no record. @param before epoch ms; no write that began earlier may still be in flight */
  async forgetRegions(before: number): Promise<void> {
    for (const region of await this.#redis.zrangebyscore(keys.regions, '-inf', `(${before}`))
      if ((await this.#redis.exists(keys.drivers(region))) === 0)
        await forgetRegion(this.#redis, { region, before });
  }

  /** Drivers of a region without a newer position since a time, or gone since another time; both epoch ms. */
  async *stale(region: string, presentBefore: number, leftBefore: number): AsyncGenerator<DriverRecord[]> {
    let cursor = '0';
    do {
      const count = SCANNED_AT_ONCE;
      const next = await findStale(this.#redis, { region, cursor, count, presentBefore, leftBefore });
      cursor = next.cursor;
      yield decodeAll(region, next.found);
    } while (cursor !== '0');
  }

  /**
   * Deletes the record of a driver that left long ago; it has no tail. If the driver pointer names its region, the pointer
   * expires.
   */
  async forget({ driverId, cell, version }: DriverRecord): Promise<void> {
    const region = regionOf(cell);
    const ttlS = this.#pointerTtlS;
    // Driver pointer first: it must not name a record that is gone. Until it expires, tracks are found through it.
    await expireDriverPointer(this.#redis, { driverId, region, version, ttlS }).catch(ifOfData(undefined));
    await forgetRecord(this.#redis, { region, driverId, version });
  }
}

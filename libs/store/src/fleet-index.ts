import { regionOf } from '#geo/cells';
import { HOUR_MS, type Span, type Status } from '#protocol';
import { clock } from './clock.js';
import { ifOfData } from './data-error.js';
import { geoSetScore } from './geo-set.js';
import { groupBy } from './group-by.js';
import { keys } from './keys.js';
import {
  type DriverRecord,
  decodeRecord,
  encodeRecord,
  isPlaceholder,
  isReadable,
  leaving,
  placeholder,
  placeOf,
} from './record.js';
import type { RedisClient } from './redis.js';
import {
  applyRecords,
  claimDriver,
  declareStatus,
  expireDriverPointer,
  findStale,
  forgetRecord,
  forgetRegion,
} from './scripts/fleet.js';
import { type Kept, packTrack } from './track.js';
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

/** New record for the region of its cell. `expected` is the version that must be stored there; null for no record. */
export type Write = {
  before: DriverRecord | null;
  expected: number | null;
  after: DriverRecord;
  /** fixes to append to its track, in any order */
  track: Kept[];
};

/** Lua's `unpack` in Redis is limited to about 8,000 values. */
const MAX_WRITES = 1_000;
const SCANNED_AT_ONCE = 1_000;
const HOUR_S = 3_600;
const REGION_REFRESH_MS = 10_000;
/** Minimum lifetime of a driver pointer. It outlives the watermark, and tracks are found through it. */
const MIN_POINTER_HOURS = 48;
/** Maximum number of fixes kept per driver and hour, 5.5 per second; further ones are dropped. */
const MAX_TRACK_PER_HOUR = 20_000;

/**
 * The fleet index as processors write it: the current position of each driver. A driver is present in at most one cell of
 * one region at any time, with any number of processors, wherever one of them is killed:
 *
 * - Every write names the version that it replaces, and is refused if another version is stored.
 * - Before a processor writes a driver that is not present, it claims the driver pointer, against the claim that it read.
 * - Before it claims another region, it writes a departure record to the region that the driver pointer names. Its version
 *   is newer than any claim before, so that an entry into that region which is still in flight is refused.
 */
export class FleetIndex {
  readonly #redis: RedisClient;
  readonly #trackHours: number;
  /** time of the next write to the set of regions, by region; repeated because Redis may lose its data */
  readonly #nextRefresh = new Map<string, number>();
  readonly #pointerTtlS: number;
  readonly #tracks: Tracks;

  constructor(redis: RedisClient, { trackHours = 24 }: { trackHours?: number } = {}) {
    this.#redis = redis;
    this.#tracks = new Tracks(redis, trackHours);
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
    const text = region === null ? null : await this.#redis.hget(keys.drivers(region), driverId);
    const stored = text === null || !isReadable(text) ? null : decodeRecord(driverId, region!, text);
    const departure = recordOfPointer(driverId, pointer);
    const last = departure !== null && departure.version > (stored?.version ?? 0) ? departure : stored;
    return {
      driverId,
      record: last === null || isPlaceholder(last) ? null : last,
      region,
      stored: text === null ? null : Number.parseInt(text, 10),
      claimed: Number(pointer.claimed ?? 0),
      status: last?.status ?? (pointer.status as Status | undefined) ?? 'available',
      shift: last?.shift ?? Number(pointer.shift ?? 0),
      statusAt: last?.statusAt ?? Number(pointer.statusAt ?? 0),
    };
  }

  /** The record of a driver in one region; null if there is none. */
  async recordIn(region: string, driverId: string): Promise<DriverRecord | null> {
    const text = await this.#redis.hget(keys.drivers(region), driverId);
    if (text === null) return null;
    if (isReadable(text)) return decodeRecord(driverId, region, text);
    const unknown = { driverId, status: 'available', shift: 0, statusAt: 0 } as const;
    return placeholder(region, unknown, Number.parseInt(text, 10));
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
  declare({ driverId, statusAt: expectedStatusAt }: KnownDriver, declared: Declared): Promise<boolean> {
    const { status, shift, statusAt } = declared;
    const ttlS = this.#pointerTtlS;
    return declareStatus(this.#redis, { driverId, expectedStatusAt, status, shift, statusAt, ttlS });
  }

  /**
   * Allows a driver to be present in a region, as of `version`.
   * @returns false if another processor has claimed the driver since `known` was loaded
   */
  async claim(known: KnownDriver, to: string, version: number, now: number): Promise<boolean> {
    const { driverId, region, claimed, statusAt } = known;
    const moves = region !== null && region !== to;
    return claimDriver(this.#redis, {
      driverId,
      expectedRegion: region,
      expectedClaim: claimed,
      region: to,
      version,
      departure: moves ? `${region}/${encodeRecord(leaving(region, known, version))}` : null,
      now,
      expectedStatusAt: region === null ? statusAt : null,
      hasStatus: known.stored !== null,
      trackFrom: now - (this.#trackHours + 1) * HOUR_MS,
    });
  }

  /** Writes records. @returns the drivers whose stored version was not the expected one; theirs were not written */
  async apply(writes: Write[]): Promise<string[]> {
    const conflicts: string[] = [];
    await Promise.all(
      [...groupBy(writes, ({ after }) => regionOf(after.cell))].map(async ([region, all]) => {
        for (let at = 0; at < all.length; at += MAX_WRITES)
          conflicts.push(...(await this.#applyTo(region, all.slice(at, at + MAX_WRITES))));
      }),
    );
    return conflicts;
  }

  async #applyTo(region: string, writes: Write[]): Promise<string[]> {
    const now = clock.now();
    // Await only if necessary: the script is then sent before the caller prepares the next one.
    if (now >= (this.#nextRefresh.get(region) ?? 0)) await this.#addRegion(region, now);
    const refused = await applyRecords(this.#redis, {
      region,
      changes: changesOf(writes),
      track: packTrack(writes.flatMap(({ track }) => track)),
      trackHours: this.#trackHours,
      maxTrackPerHour: MAX_TRACK_PER_HOUR,
    });
    if (refused.length === 0) return [];
    const conflicts = new Set(refused);
    const others = writes.filter((_, i) => !conflicts.has(i));
    const more = others.length === 0 ? [] : await this.#applyTo(region, others);
    return [...refused.map((i) => writes[i]!.after.driverId), ...more];
  }

  /** Adds a region before it is written to, so that every region that holds a driver is in the set. */
  async #addRegion(region: string, now: number): Promise<void> {
    await this.#redis.zadd(keys.regions, 'GT', now, region);
    this.#nextRefresh.set(region, now + REGION_REFRESH_MS);
  }

  /** Regions that hold or held drivers. */
  regions(): Promise<string[]> {
    return this.#redis.zrange(keys.regions, '0', '-1');
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

  /** Deletes the record of a driver that left long ago. If the driver pointer names its region, the pointer expires. */
  async forget({ driverId, cell, version }: DriverRecord): Promise<void> {
    const region = regionOf(cell);
    const ttlS = this.#pointerTtlS;
    // Driver pointer first: it must not name a record that is gone. Until it expires, tracks are found through it.
    await expireDriverPointer(this.#redis, { driverId, region, version, ttlS }).catch(ifOfData(undefined));
    await forgetRecord(this.#redis, { region, driverId, version });
  }
}

/** Decodes id and record, alternating, as scripts return them. Skips what is not a readable record. */
export function decodeAll(region: string, flat: string[]): DriverRecord[] {
  const records: DriverRecord[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const text = flat[i + 1]!;
    if (isReadable(text)) records.push(decodeRecord(flat[i]!, region, text));
  }
  return records;
}

/** The departure record in a driver pointer: between two regions, neither of them may hold a record. */
export function recordOfPointer(driverId: string, { left }: Record<string, string>): DriverRecord | null {
  if (left === undefined) return null;
  const at = left.indexOf('/');
  const text = left.slice(at + 1);
  return isReadable(text) ? decodeRecord(driverId, left.slice(0, at), text) : null;
}

/** The lists that `apply-records-2.lua` documents. */
function changesOf(writes: Write[]): string {
  const records: string[] = [];
  const expectations: string[] = [];
  const leave = new Map<string, string[]>();
  const enter = new Map<string, string[]>();
  const counts: number[] = [];
  for (const { before, expected, after, track } of writes) {
    const { driverId } = after;
    records.push(driverId, encodeRecord(after));
    expectations.push(expected === null ? '' : `${expected}|`);
    counts.push(track.length);
    const to = placeOf(after);
    const from = before === null || before.version !== expected ? '' : placeOf(before);
    if (from !== '' && from !== to) listOf(leave, from).push(driverId);
    if (to === '') continue;
    const score = geoSetScore(after);
    if (from !== to || geoSetScore(before!) !== score) listOf(enter, to).push(String(score), driverId);
  }
  return JSON.stringify([records, expectations, [...leave.values()], [...enter.values()], counts]);
}

/** The list of a place, whose first element is the place itself. */
function listOf(lists: Map<string, string[]>, place: string): string[] {
  let list = lists.get(place);
  if (list === undefined) {
    list = [place];
    lists.set(place, list);
  }
  return list;
}

import { regionOf } from '#geo/cells';
import type { Span, Status } from '#protocol';
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
import { withScripts } from './scripts.js';
import { type Kept, packTrack } from './track.js';
import { Tracks } from './tracks.js';

/** What the store knows of a driver. */
export type KnownDriver = {
  driverId: string;
  /** where the driver is, or was last; null before it was heard, and when that is forgotten */
  record: DriverRecord | null;
  /** the region that its card points to; null before it was heard */
  region: string | null;
  /** version of what that region holds of it; null for nothing, as between two regions */
  stored: number | null;
  /** version of the claim on the card */
  claimed: number;
  /** as the driver declared it; one that never did is available */
  status: Status;
  shift: number;
  /** order of the last change of status in the stream; an older one that comes again changes nothing */
  statusAt: number;
};

type Declared = Pick<KnownDriver, 'status' | 'shift' | 'statusAt'>;

/** A new record for the region of its cell, where `expected` must be the stored version; null for nothing. */
export type Write = {
  before: DriverRecord | null;
  expected: number | null;
  after: DriverRecord;
  /** for its track, in any order */
  track: Kept[];
};

/** Redis takes at most about 8,000 values from a script's unpack. */
const MAX_WRITES = 1_000;
const SCANNED_AT_ONCE = 1_000;
const HOUR_S = 3_600;
const HOUR_MS = 3_600_000;
const NOTED_MS = 10_000;
/** Of a card: it outlives the watermark, and tracks are found through it. */
const MIN_CARD_HOURS = 48;
/** Five and a half a second; what a driver sends beyond is not kept. */
const MAX_TRACK_PER_HOUR = 20_000;

/**
 * The fleet index as processors write it: who is where, now. A driver is present in one cell of one region at most,
 * whatever any processor does at whatever moment it is stopped:
 *
 * - every write names the version that it replaces, and is refused when the stored one is another;
 * - who writes of a driver that is not present claims its card first, against the claim that it read;
 * - before it claims another region, it leaves a record of the departure in the one that the card pointed to, newer than
 *   any claim before, so that an entry into that region which is still under way is refused.
 */
export class FleetIndex {
  readonly #redis: RedisClient;
  readonly #scripts: ReturnType<typeof withScripts>;
  readonly #trackHours: number;
  /** until when the set of regions need not be told again; a Redis that lost its data gets them again */
  readonly #notedUntil = new Map<string, number>();
  readonly #cardTtlS: number;
  readonly #tracks: Tracks;

  constructor(redis: RedisClient, { trackHours = 24 }: { trackHours?: number } = {}) {
    this.#redis = redis;
    this.#scripts = withScripts(redis);
    this.#tracks = new Tracks(redis, trackHours);
    this.#trackHours = trackHours;
    this.#cardTtlS = Math.max(MIN_CARD_HOURS, trackHours + 1) * HOUR_S;
  }

  /** When the kept fixes of a driver within a span of time were taken, epoch ms. */
  async keptTimes(driverId: string, span: Span): Promise<Set<number>> {
    const part = await this.#tracks.read(driverId, span);
    return new Set(part?.fixes.map(({ t }) => t));
  }

  async load(driverId: string): Promise<KnownDriver> {
    // The card first: the fence that a move sets is on the region that it read here.
    const card = await this.#redis.hgetall(keys.driverPointer(driverId));
    const region = card.region ?? null;
    const text = region === null ? null : await this.#redis.hget(keys.drivers(region), driverId);
    const stored = text === null || !isReadable(text) ? null : decodeRecord(driverId, region!, text);
    const left = recordOfPointer(driverId, card);
    const last = left !== null && left.version > (stored?.version ?? 0) ? left : stored;
    return {
      driverId,
      record: last === null || isPlaceholder(last) ? null : last,
      region,
      stored: text === null ? null : Number.parseInt(text, 10),
      claimed: Number(card.claimed ?? 0),
      status: last?.status ?? (card.status as Status | undefined) ?? 'available',
      shift: last?.shift ?? Number(card.shift ?? 0),
      statusAt: last?.statusAt ?? Number(card.statusAt ?? 0),
    };
  }

  /** What a region holds of a driver. */
  async recordIn(region: string, driverId: string): Promise<DriverRecord | null> {
    const text = await this.#redis.hget(keys.drivers(region), driverId);
    if (text === null) return null;
    if (isReadable(text)) return decodeRecord(driverId, region, text);
    const nothing = { driverId, status: 'available', shift: 0, statusAt: 0 } as const;
    return placeholder(region, nothing, Number.parseInt(text, 10));
  }

  /** The region that a driver's card points to; a card that is none points nowhere. */
  async regionsOf(driverIds: string[]): Promise<Array<string | null>> {
    const regionOfCard = (driverId: string) => this.#redis.hget(keys.driverPointer(driverId), 'region');
    return Promise.all(driverIds.map((driverId) => regionOfCard(driverId).catch(ifOfData(null))));
  }

  /**
   * Notes the status of a driver that was never heard; the others' is in their record.
   * @returns false when its card was changed since `known` was loaded
   */
  async declare(known: KnownDriver, { status, shift, statusAt }: Declared): Promise<boolean> {
    const key = keys.driverPointer(known.driverId);
    const noted = await this.#scripts.declare(key, known.statusAt, status, shift, statusAt, this.#cardTtlS);
    return noted === 1;
  }

  /**
   * Allows a driver to be present in a region, as of `version`.
   * @returns false when another processor claimed it since `known` was loaded
   */
  async claim(known: KnownDriver, to: string, version: number, now: number): Promise<boolean> {
    const { driverId, region, claimed, statusAt } = known;
    const moves = region !== null && region !== to;
    const last = moves ? `${region}/${encodeRecord(leaving(known.region!, known, version))}` : '';
    const isStored = known.stored === null ? 0 : 1;
    const expectedAt = region === null ? statusAt : '';
    const trackless = now - (this.#trackHours + 1) * HOUR_MS;
    const args = [region ?? '', claimed, to, version, last, now, expectedAt, isStored, trackless];
    return (await this.#scripts.claim(keys.driverPointer(driverId), ...args)) === 1;
  }

  /** @returns the drivers whose stored record was another than expected; nothing of theirs was written */
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
    const now = Date.now();
    // Where nothing is to be awaited, the script leaves before the caller prepares the next one.
    if (now >= (this.#notedUntil.get(region) ?? 0)) await this.#note(region, now);
    const refused = (await this.#scripts.apply(
      ...keys.whole(region),
      applyArguments(writes),
      packTrack(writes.flatMap(({ track }) => track)),
      this.#trackHours,
      MAX_TRACK_PER_HOUR,
    )) as number[];
    if (refused.length === 0) return [];
    const conflicts = new Set(refused);
    const others = writes.filter((_, i) => !conflicts.has(i));
    const more = others.length === 0 ? [] : await this.#applyTo(region, others);
    return [...refused.map((i) => writes[i]!.after.driverId), ...more];
  }

  /** Before it is written to, so that a region which holds a driver is always known. */
  async #note(region: string, now: number): Promise<void> {
    await this.#redis.zadd(keys.regions, 'GT', now, region);
    this.#notedUntil.set(region, now + NOTED_MS);
  }

  /** The regions that hold or held drivers. */
  regions(): Promise<string[]> {
    return this.#redis.zrange(keys.regions, '0', '-1');
  }

  /** Drops regions that hold nothing. @param before epoch ms; no write that began earlier may still be under way */
  async forgetRegions(before: number): Promise<void> {
    for (const region of await this.#redis.zrangebyscore(keys.regions, '-inf', `(${before}`))
      if ((await this.#redis.exists(keys.drivers(region))) === 0)
        await this.#scripts.forgetRegion(keys.regions, region, before);
  }

  /** Every driver of a region that was not heard since: one that is present, one that left. Epoch ms. */
  async *stale(region: string, presentBefore: number, leftBefore: number): AsyncGenerator<DriverRecord[]> {
    let cursor = '0';
    do {
      const [next, ...found] = (await this.#scripts.stale(
        ...keys.whole(region),
        cursor,
        SCANNED_AT_ONCE,
        presentBefore,
        leftBefore,
      )) as [string, ...string[]];
      cursor = next;
      yield decodeAll(region, found);
    } while (cursor !== '0');
  }

  /** Deletes what a region holds of a driver that left long ago; its card, if that points there, expires. */
  async forget(record: DriverRecord): Promise<void> {
    const region = regionOf(record.cell);
    const key = keys.driverPointer(record.driverId);
    // The card first: until then it says that the record is there. It still says where tracks are.
    await this.#scripts.expireCard(key, region, record.version, this.#cardTtlS).catch(ifOfData(null));
    await this.#scripts.forget(...keys.whole(region), record.driverId, record.version);
  }
}

/** Id and record in turn, as scripts answer them; what has no record is left out. */
export function decodeAll(region: string, flat: string[]): DriverRecord[] {
  const records: DriverRecord[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const text = flat[i + 1]!;
    if (isReadable(text)) records.push(decodeRecord(flat[i]!, region, text));
  }
  return records;
}

/** The record of a driver between two regions, which neither of them may hold. */
export function recordOfPointer(driverId: string, { left }: Record<string, string>): DriverRecord | null {
  if (left === undefined) return null;
  const at = left.indexOf('/');
  const text = left.slice(at + 1);
  return isReadable(text) ? decodeRecord(driverId, left.slice(0, at), text) : null;
}

/** See apply.lua. */
function applyArguments(writes: Write[]): string {
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

/** The list of a place; it begins with its name. */
function listOf(lists: Map<string, string[]>, place: string): string[] {
  let list = lists.get(place);
  if (list === undefined) {
    list = [place];
    lists.set(place, list);
  }
  return list;
}

import { regionOf } from '#geo/cells';
import { clock } from './clock.js';
import { Gather } from './gather.js';
import { groupBy } from './group-by.js';
import { keys } from './keys.js';
import { type DriverRecord, placeholder } from './record.js';
import { decodeRecord, isReadable, versionOf } from './record-bytes.js';
import { argumentsOf, replaced, type Write } from './record-writes.js';
import { isCluster, type RedisClient } from './redis.js';
import type { ReplicaWaits } from './replication.js';
import { applyRecords } from './scripts/fleet.js';
import { settleAll } from './settle-all.js';

/** Lua's `unpack` in Redis is limited to about 8,000 values. */
const MAX_WRITES = 1_000;
const REGION_REFRESH_MS = 10_000;

/** Writes the records of drivers with the tails of their tracks, each against the version that it replaces. */
export class RecordWriter {
  /** time of the next write to the set of regions, by region; repeated because Redis may lose its data */
  readonly #nextRefresh = new Map<string, number>();
  /** Drivers that change region are written one by one. Those of one turn and region share a script call, or a few. */
  readonly #single = new Gather({
    groupOf: ({ after }: Write) => regionOf(after.cell),
    // A refusal names only the driver.
    keyOf: ({ after }: Write) => after.driverId,
    maxItems: MAX_WRITES,
    work: (writes: Write[]) => this.#applyGathered(writes),
  });

  constructor(
    private readonly redis: RedisClient,
    private readonly replicas: ReplicaWaits,
    private readonly limits: { trackHours: number; maxTrackPerHour: number },
  ) {}

  /** The record of a driver in one region; null if there is none. */
  async recordIn(region: string, driverId: string): Promise<DriverRecord | null> {
    const bytes = await this.redis.hgetBuffer(keys.drivers(region), driverId);
    if (bytes === null) return null;
    if (isReadable(bytes)) return decodeRecord(driverId, region, bytes);
    const unknown = { driverId, status: 'available', shift: 0, statusAt: 0 } as const;
    return placeholder(region, unknown, versionOf(bytes));
  }

  /**
   * Writes records, and sets their tails.
   * @returns the drivers whose stored version was not the expected one; theirs were not written
   */
  async apply(writes: Write[]): Promise<string[]> {
    const [first] = writes;
    if (first === undefined) return [];
    return writes.length === 1 ? this.#single.add(first) : this.#applyAll(writes);
  }

  async #applyGathered(writes: Write[]): Promise<string[][]> {
    const conflicts = new Set(await this.#applyAll(writes));
    return writes.map(({ after: { driverId } }) => (conflicts.has(driverId) ? [driverId] : []));
  }

  async #applyAll(requested: Write[]): Promise<string[]> {
    // Await only if necessary: the script is then sent before the caller prepares the next one.
    const writes = requested.every((write) => replaced(write) !== undefined)
      ? requested
      : await Promise.all(requested.map((write) => this.#withReplaced(write)));
    const conflicts: string[] = [];
    await settleAll(
      [...groupBy(writes, ({ after }) => regionOf(after.cell))].map(async ([region, all]) => {
        for (let at = 0; at < all.length; at += MAX_WRITES)
          conflicts.push(...(await this.#applyTo(region, all.slice(at, at + MAX_WRITES))));
      }),
    );
    return conflicts;
  }

  /**
   * Writes records like {@link apply}. `isOrdered` says whether Redis executed all writes before every command that is sent on
   * this connection after this call begins to wait. That is so if each write was sent within the call and not a second time, as
   * it is after a conflict, or when Redis did not know the script. Between the nodes of a cluster there is no order.
   */
  async applyAtOnce(writes: Write[]): Promise<{ conflicts: string[]; isOrdered: boolean }> {
    const regions = [...groupBy(writes, ({ after }) => regionOf(after.cell))];
    const isPossible =
      !isCluster(this.redis) &&
      writes.every((write) => replaced(write) !== undefined) &&
      regions.every(([region, own]) => this.#nextRefresh.has(region) && own.length <= MAX_WRITES);
    if (!isPossible) return { conflicts: await this.apply(writes), isOrdered: false };
    const now = clock.now();
    let isOrdered = true;
    const conflicts = await settleAll(
      regions.map(async ([region, own]) => {
        if (now >= this.#nextRefresh.get(region)!) this.#refreshRegion(region, now);
        const refused = await applyRecords.ifLoaded(this.redis, this.#changesIn(region, own));
        if (refused?.length === 0) return [];
        isOrdered = false;
        return refused === null ? this.#applyTo(region, own) : this.#applyOthers(region, own, refused);
      }),
    );
    return { conflicts: conflicts.flat(), isOrdered };
  }

  /**
   * Reads the record that a write replaces, if the caller does not have it, such as between two regions: its tail is to be
   * carried over, and its cell to be left. If it has changed since the caller read its version, the write is refused anyway.
   */
  async #withReplaced(write: Write): Promise<Write> {
    if (replaced(write) !== undefined) return write;
    const { cell, driverId } = write.after;
    return { ...write, before: await this.recordIn(regionOf(cell), driverId) };
  }

  async #applyTo(region: string, writes: Write[]): Promise<string[]> {
    const now = clock.now();
    // Await only if necessary, as above.
    const refreshAt = this.#nextRefresh.get(region);
    if (refreshAt === undefined) await this.#addRegion(region, now);
    else if (now >= refreshAt) this.#refreshRegion(region, now);
    const refused = await applyRecords(this.redis, this.#changesIn(region, writes));
    await this.replicas.written(keys.drivers(region));
    return refused.length === 0 ? [] : this.#applyOthers(region, writes, refused);
  }

  /** Writes the others, after a script that wrote nothing. @param refused positions of the conflicts @returns all conflicts */
  async #applyOthers(region: string, writes: Write[], refused: number[]): Promise<string[]> {
    const conflicts = new Set(refused);
    const others = writes.filter((_, i) => !conflicts.has(i));
    const more = others.length === 0 ? [] : await this.#applyTo(region, others);
    return [...refused.map((i) => writes[i]!.after.driverId), ...more];
  }

  #changesIn(region: string, writes: Write[]) {
    return { region, changes: argumentsOf(writes), ...this.limits };
  }

  /** Adds a region before it is written to, so that every region that holds a driver is in the set. */
  async #addRegion(region: string, now: number): Promise<void> {
    await this.redis.zadd(keys.regions, 'GT', now, region);
    this.#nextRefresh.set(region, now + REGION_REFRESH_MS);
  }

  /** Adds a region again, in case Redis has lost it, while writes to it go on. */
  #refreshRegion(region: string, now: number): void {
    this.#nextRefresh.set(region, now + REGION_REFRESH_MS);
    this.#addRegion(region, now).catch(() => this.#nextRefresh.delete(region));
  }
}

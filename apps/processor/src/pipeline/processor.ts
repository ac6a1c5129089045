import { regionOf } from '#geo/cells';
import type { Metrics } from '#ops';
import type { DecisionCounts } from '#protocol';
import {
  clock,
  DataError,
  type DriverEvent,
  type DriverRecord,
  departed,
  type FleetIndex,
  groupBy,
  type KnownDriver,
  leaving,
  placeholder,
  type Write,
} from '#store';
import type { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import type { DriverBroadcaster } from '../broadcast/driver-broadcaster.js';
import { fold, NO_COUNTS, type Outcome } from './fold.js';

const MAX_KNOWN = 200_000;
/** Another processor can win a driver a few times in a row; more often than this, something else is wrong. */
const MAX_ROUNDS = 20;
/** Drivers per write: while Redis writes one group, the next one is decided. */
const DRIVERS_PER_WRITE = 50;

/** Handles batches of events: decides per driver, stores, publishes. */
export class Processor {
  /** Cache that saves reading back what was just written. It may be stale: every write is checked against the stored version. */
  readonly #known = new Map<string, KnownDriver>();

  constructor(
    private readonly index: FleetIndex,
    private readonly driverBroadcaster: DriverBroadcaster,
    private readonly cellBroadcaster: CellBroadcaster,
    private readonly metrics: Metrics,
    /** 0 to 999, different for each processor */
    private readonly tag: number,
    private readonly silentMs: number,
  ) {}

  /** Handles a batch of events: stores and then publishes it. @throws {DataError} see {@link store} */
  async handle(events: DriverEvent[], redelivered: boolean): Promise<void> {
    await this.publish(await this.store(events, redelivered), redelivered);
  }

  /** Publishes stored outcomes to followers. */
  async publish(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    await this.driverBroadcaster.moved(outcomes, redelivered);
    this.#count(outcomes);
  }

  /**
   * Decides on a batch of events and stores the outcomes.
   * @param redelivered whether the events may have been handled before
   * @returns the outcomes, to be published
   * @throws {DataError} when a driver still cannot be written after {@link MAX_ROUNDS} conflicts
   */
  async store(events: DriverEvent[], redelivered: boolean): Promise<Outcome[]> {
    const all: Outcome[] = [];
    let pending = groupBy(events, (event) => event.driverId);
    for (let round = 0; pending.size > 0; round += 1) {
      if (round === MAX_ROUNDS)
        throw new DataError(`${pending.size} drivers still had write conflicts after ${MAX_ROUNDS} attempts`);
      const known = await this.#lookUp([...pending.keys()]);
      const kept = redelivered ? await this.#keptOf(known, pending) : null;
      const outcomes: Outcome[] = [];
      const stores: Array<Promise<Set<string>>> = [];
      for (let from = 0; from < known.length; from += DRIVERS_PER_WRITE) {
        const group = known
          .slice(from, from + DRIVERS_PER_WRITE)
          .map((driver, i) =>
            fold(
              driver,
              pending.get(driver.driverId)!,
              this.#nextVersion(driver),
              this.silentMs,
              kept?.[from + i],
            ),
          );
        outcomes.push(...group);
        stores.push(this.#storeOrForget(group));
      }
      const conflicts = new Set((await Promise.all(stores)).flatMap((refused) => [...refused]));
      const stored =
        conflicts.size === 0 ? outcomes : outcomes.filter(({ driverId }) => !conflicts.has(driverId));
      for (const { driverId, before, after } of stored)
        this.#noteChange(driverId, before, after, redelivered);
      for (const outcome of stored) all.push(outcome);
      pending = new Map([...pending].filter(([driverId]) => conflicts.has(driverId)));
    }
    return all;
  }

  /** Removes silent drivers from the index, unless a fix has arrived in the meantime, and notifies their watchers. */
  async silence(records: DriverRecord[]): Promise<void> {
    const swept = await this.evict(records);
    this.metrics.swept.inc(swept.length);
    await this.driverBroadcaster.gone(swept, 'silent');
  }

  /** Removes drivers from their cells if their records are still the stored ones. @returns the removed records */
  async evict(records: DriverRecord[]): Promise<DriverRecord[]> {
    if (records.length === 0) return [];
    const conflicts = new Set(
      await this.index.apply(records.map((record) => departure(record, this.#versionAfter(record.version)))),
    );
    const evicted = records.filter(({ driverId }) => !conflicts.has(driverId));
    for (const record of evicted) {
      this.#known.delete(record.driverId);
      this.cellBroadcaster.note(record.driverId, record, null);
    }
    return evicted;
  }

  async #lookUp(driverIds: string[]): Promise<KnownDriver[]> {
    const found = driverIds.map((id) => this.#known.get(id));
    return found.includes(undefined)
      ? Promise.all(found.map((known, i) => known ?? this.index.load(driverIds[i]!)))
      : (found as KnownDriver[]);
  }

  /** Returns, per driver, the times of older fixes that its track already holds: those are repeated, not late. */
  #keptOf(known: KnownDriver[], events: Map<string, DriverEvent[]>): Promise<Array<Set<number>>> {
    return Promise.all(
      known.map(async ({ driverId, record }) => {
        const times = events.get(driverId)!.flatMap((event) => ('fix' in event ? [event.fix.t] : []));
        const from = Math.min(...times);
        if (record === null || from >= record.t) return new Set<number>();
        return this.index.keptTimes(driverId, { from, to: record.t });
      }),
    );
  }

  /** Stores outcomes. A failed write leaves an unknown state, so its drivers are read again next time. */
  async #storeOrForget(outcomes: Outcome[]): Promise<Set<string>> {
    try {
      const conflicts = await this.#store(outcomes);
      for (const driverId of conflicts) this.#known.delete(driverId);
      this.metrics.conflicts.inc(conflicts.size);
      return conflicts;
    } catch (error) {
      for (const { driverId } of outcomes) this.#known.delete(driverId);
      throw error;
    }
  }

  /** @returns ids of the drivers that another processor changed in the meantime; they must be decided again */
  async #store(outcomes: Outcome[]): Promise<Set<string>> {
    const conflicts = new Set<string>();
    const updates: Write[] = [];
    const enters: Promise<void>[] = [];
    for (const outcome of outcomes) {
      const { known, before, after, track } = outcome;
      if (after !== null && isUpdate(known, after))
        updates.push({ before, expected: known.stored, after, track });
      else
        enters.push(
          this.#enter(outcome).then((done) => {
            if (!done) conflicts.add(outcome.driverId);
          }),
        );
    }
    // The few drivers that enter a region need several steps; the others do not wait for them.
    const [refused] = await Promise.all([this.index.apply(updates), ...enters]);
    for (const driverId of refused) conflicts.add(driverId);
    for (const outcome of outcomes) if (!conflicts.has(outcome.driverId)) this.#remember(outcome);
    return conflicts;
  }

  /**
   * Writes a driver that is not present, or not in this region. {@link FleetIndex} explains the order of the steps.
   * @returns false when another processor changed it in the meantime
   */
  async #enter(outcome: Outcome): Promise<boolean> {
    const { known, before, track } = outcome;
    if (outcome.after === null && outcome.statusAt === known.statusAt) return true;
    if (outcome.after === null && known.region === null) return this.index.declare(known, outcome);
    const after = outcome.after ?? placeholder(known.region!, outcome, this.#nextVersion(known));
    const region = regionOf(after.cell);
    const moves = known.region !== null && known.region !== region;
    if (moves && !(await this.#leave(known, after.version))) return false;
    if (!(await this.index.claim(known, region, after.version, clock.now()))) return false;
    const staysHere = known.region === region;
    // A record in the new region is left from an earlier visit, unless another processor has already continued from here.
    const previous = staysHere ? before : await this.index.recordIn(region, after.driverId);
    const expected = staysHere ? known.stored : (previous?.version ?? null);
    if (expected !== null && expected > after.version) return false;
    const refused = await this.index.apply([{ before: previous, expected, after, track }]);
    return refused.length === 0;
  }

  /** Writes a departure record into the region that the driver pointer names, whether or not the driver is there. */
  async #leave(known: KnownDriver, version: number): Promise<boolean> {
    const { record, region, stored } = known;
    const fence = leaving(region!, known, version);
    const [conflict] = await this.index.apply([
      { before: record, expected: stored, after: fence, track: [] },
    ]);
    if (conflict !== undefined) return false;
    // Note the change now: a later step may fail, and the retry would start from a driver that has already left.
    if (record?.present) this.cellBroadcaster.note(record.driverId, record, null);
    return true;
  }

  /** Redelivered changes are published again: the previous processor may have died before it published them. */
  #noteChange(
    driverId: string,
    before: DriverRecord | null,
    after: DriverRecord | null,
    redelivered: boolean,
  ): void {
    const departedBefore = redelivered && after !== null && !after.present;
    const from = departedBefore ? after : before?.present ? before : null;
    const to = after?.present ? after : null;
    if (from !== null || to !== null) this.cellBroadcaster.note(driverId, from, to);
  }

  /** Caches present drivers only: nothing would invalidate the entries of the others. */
  #remember({ known, driverId, after, status, shift, statusAt }: Outcome): void {
    if (!after?.present) {
      this.#known.delete(driverId);
      return;
    }
    const stays = isUpdate(known, after);
    this.#known.set(driverId, {
      driverId,
      record: after,
      region: stays ? known.region : regionOf(after.cell),
      stored: after.version,
      claimed: stays ? known.claimed : after.version,
      status,
      shift,
      statusAt,
    });
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }

  #count(outcomes: Outcome[]): void {
    const now = clock.now();
    const totals: DecisionCounts = { late: 0, repeated: 0, implausible: 0, refused: 0 };
    const delays: number[] = [];
    for (const { accepted, counts } of outcomes) {
      for (const { receivedAt } of accepted) delays.push(Math.max(0, now - receivedAt));
      if (counts === NO_COUNTS) continue;
      for (const kind of ['late', 'repeated', 'implausible', 'refused'] as const)
        totals[kind] += counts[kind];
    }
    this.metrics.decided.inc({ outcome: 'accepted' }, delays.length);
    for (const [outcome, count] of Object.entries(totals))
      if (count > 0) this.metrics.decided.inc({ outcome }, count);
    this.metrics.flowed(delays.length, delays);
  }

  #nextVersion({ record, stored, claimed }: KnownDriver): number {
    return this.#versionAfter(Math.max(record?.version ?? 0, stored ?? 0, claimed));
  }

  /** Returns epoch µs with this process's tag as the last three digits: unique, and larger than the driver's last version. */
  #versionAfter(last: number): number {
    return Math.max(clock.now(), Math.floor(last / 1_000) + 1) * 1_000 + this.tag;
  }
}

/** Whether one write is enough: a present driver is in the region that its pointer names. */
const isUpdate = ({ record, region }: KnownDriver, after: DriverRecord): boolean =>
  record?.present === true && (record.cell === after.cell || region === regionOf(after.cell));

const departure = (record: DriverRecord, version: number): Write => ({
  before: record,
  expected: record.version,
  after: departed(record, version),
  track: [],
});

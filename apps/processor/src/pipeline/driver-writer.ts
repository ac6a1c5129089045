import { regionOf } from '#geo/cells';
import type { Metrics } from '#ops';
import {
  BoundedMap,
  clock,
  type DriverRecord,
  departed,
  type FleetIndex,
  type KnownDriver,
  leaving,
  placeholder,
  settleAll,
  type Write,
} from '#store';
import type { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import type { Outcome } from './fold.js';

const MAX_KNOWN = 200_000;

/** Outcomes that are stored; `isOrdered` as {@link FleetIndex.applyAtOnce} says. */
export type Written = { stored: Outcome[]; isOrdered: boolean };

/** Writes outcomes to the fleet index, and remembers the drivers that it wrote. */
export class DriverWriter {
  /** Cache that saves reading back what was just written. It may be stale: every write is checked against the stored version. */
  readonly #known = new BoundedMap<string, KnownDriver>(MAX_KNOWN);

  constructor(
    private readonly index: FleetIndex,
    private readonly cellBroadcaster: CellBroadcaster,
    private readonly metrics: Metrics,
    /** 0 to 999, different for each processor */
    private readonly tag: number,
  ) {}

  /** Returns the state of a driver as it was written last; undefined if it is not remembered. */
  known(driverId: string): KnownDriver | undefined {
    return this.#known.get(driverId);
  }

  /** Returns the states of drivers; those that are not remembered are read. */
  async load(driverIds: string[]): Promise<KnownDriver[]> {
    const found = driverIds.map((id) => this.#known.get(id));
    return found.includes(undefined)
      ? Promise.all(found.map((known, i) => known ?? this.index.load(driverIds[i]!)))
      : (found as KnownDriver[]);
  }

  /** Returns the version of a driver's next record: larger than any before. */
  nextVersion({ record, stored, claimed }: KnownDriver): number {
    return this.#versionAfter(Math.max(record?.version ?? 0, stored ?? 0, claimed));
  }

  /**
   * Writes outcomes, in as many steps as each takes, and notes the changes for the cells.
   * @param redelivered whether their events may have been handled before
   * @returns those that are stored; another processor changed the others in the meantime, so they must be decided again
   */
  write(outcomes: Outcome[], redelivered: boolean): Promise<Outcome[]> {
    return this.#finish(outcomes, redelivered, this.#writeAll(outcomes));
  }

  /** Writes outcomes that take one write, see {@link isUpdate}, like {@link write}. */
  async update(outcomes: Outcome[]): Promise<Written> {
    const applying = this.index.applyAtOnce(outcomes.map(updateOf));
    const conflicts = applying.then((applied) => applied.conflicts);
    const stored = await this.#finish(outcomes, false, conflicts);
    return { stored, isOrdered: (await applying).isOrdered };
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
      this.cellBroadcaster.note(record, null);
    }
    return evicted;
  }

  /** @param writing writes the outcomes; resolves with the ids of drivers in conflict */
  async #finish(outcomes: Outcome[], redelivered: boolean, writing: Promise<string[]>): Promise<Outcome[]> {
    let stored = outcomes;
    try {
      const conflicts = new Set(await writing);
      if (conflicts.size > 0) stored = outcomes.filter(({ driverId }) => !conflicts.has(driverId));
      for (const driverId of conflicts) this.#known.delete(driverId);
      this.metrics.conflicts.inc(conflicts.size);
    } catch (error) {
      // The state is unknown, so the drivers are read again next time.
      for (const { driverId } of outcomes) this.#known.delete(driverId);
      throw error;
    }
    for (const outcome of stored) {
      this.#remember(outcome);
      this.#noteChange(outcome.before, outcome.after, redelivered);
    }
    return stored;
  }

  async #writeAll(outcomes: Outcome[]): Promise<string[]> {
    const conflicts: string[] = [];
    const updates: Outcome[] = [];
    const enters: Promise<void>[] = [];
    for (const outcome of outcomes)
      if (outcome.after !== null && isUpdate(outcome.known, outcome.after)) updates.push(outcome);
      else
        enters.push(
          this.#enter(outcome).then((done) => {
            if (!done) conflicts.push(outcome.driverId);
          }),
        );
    // The few drivers that enter a region need several steps; the others do not wait for them.
    const [refused] = await settleAll([this.index.apply(updates.map(updateOf)), ...enters]);
    return [...conflicts, ...refused];
  }

  /**
   * Writes a driver that is not present, or not in this region. {@link FleetIndex} explains the order of the steps.
   * @returns false when another processor changed it in the meantime
   */
  async #enter(outcome: Outcome): Promise<boolean> {
    const { known, before, track } = outcome;
    if (outcome.after === null && outcome.statusAt === known.statusAt) return true;
    if (outcome.after === null && known.region === null) return this.index.declare(known, outcome);
    const after = outcome.after ?? placeholder(known.region!, outcome, this.nextVersion(known));
    const region = regionOf(after.cell);
    const moves = known.region !== null && known.region !== region;
    const staysHere = known.region === region;
    // A record in the new region is left from an earlier visit, unless another processor has already continued from here. It
    // is read beside the other steps, because the write is refused if it has changed.
    const reading = staysHere ? Promise.resolve(before) : this.index.recordIn(region, after.driverId);
    reading.catch(() => {});
    if (moves && !(await this.#leave(known, after.version))) return false;
    if (!(await this.index.claim(known, region, after.version, clock.now()))) return false;
    const previous = await reading;
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
    if (record?.present) this.cellBroadcaster.note(record, null);
    return true;
  }

  /** Redelivered changes are published again: the previous processor may have died before it published them. */
  #noteChange(before: DriverRecord | null, after: DriverRecord | null, redelivered: boolean): void {
    const departedBefore = redelivered && after !== null && !after.present;
    const from = departedBefore ? after : before?.present ? before : null;
    const to = after?.present ? after : null;
    if (from !== null || to !== null) this.cellBroadcaster.note(from, to);
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
  }

  /** Returns epoch µs with this process's tag as the last three digits: unique, and larger than the driver's last version. */
  #versionAfter(last: number): number {
    return Math.max(clock.now(), Math.floor(last / 1_000) + 1) * 1_000 + this.tag;
  }
}

/** Whether one write is enough: a present driver is in the region that its pointer names. */
export const isUpdate = ({ record, region }: KnownDriver, after: DriverRecord): boolean =>
  record?.present === true && (record.cell === after.cell || region === regionOf(after.cell));

const updateOf = ({ known, before, after, track }: Outcome): Write => ({
  before,
  expected: known.stored,
  after: after!,
  track,
});

const departure = (record: DriverRecord, version: number): Write => ({
  before: record,
  expected: record.version,
  after: departed(record, version),
  track: [],
});

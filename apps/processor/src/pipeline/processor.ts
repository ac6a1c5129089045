import { regionOf } from '#geo/cells';
import type { Metrics } from '#ops';
import type { DecisionCounts } from '#protocol';
import {
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
/** Another processor can win a driver a few times in a row; more often than this something else is wrong. */
const MAX_ROUNDS = 20;
/** So many drivers are decided while Redis writes those before them. */
const DRIVERS_AT_ONCE = 50;

/** The middle of the way of a fix: decide per driver, store, announce. */
export class Processor {
  /** Spares reading what was just written. Every write is checked against the stored version, so it may be stale. */
  readonly #known = new Map<string, KnownDriver>();

  constructor(
    private readonly index: FleetIndex,
    private readonly driverBroadcaster: DriverBroadcaster,
    private readonly cellBroadcaster: CellBroadcaster,
    private readonly metrics: Metrics,
    /** 0 to 999, different for each processor */
    private readonly tag: number,
  ) {}

  /** @param again when the events may have been handled before */
  async handle(events: DriverEvent[], again: boolean): Promise<void> {
    let pending = groupBy(events, (event) => event.driverId);
    for (let round = 0; pending.size > 0; round += 1) {
      if (round === MAX_ROUNDS)
        throw new DataError(`${pending.size} drivers could not be written in ${MAX_ROUNDS} rounds`);
      const known = await this.#lookUp([...pending.keys()]);
      const kept = again ? await this.#keptOf(known, pending) : null;
      const outcomes: Outcome[] = [];
      const stores: Array<Promise<Set<string>>> = [];
      for (let from = 0; from < known.length; from += DRIVERS_AT_ONCE) {
        const part = known
          .slice(from, from + DRIVERS_AT_ONCE)
          .map((driver, i) =>
            fold(driver, pending.get(driver.driverId)!, this.#nextVersion(driver), kept?.[from + i]),
          );
        outcomes.push(...part);
        stores.push(this.#storeOrForget(part));
      }
      const conflicts = new Set((await Promise.all(stores)).flatMap((refused) => [...refused]));
      const settled =
        conflicts.size === 0 ? outcomes : outcomes.filter(({ driverId }) => !conflicts.has(driverId));
      for (const { driverId, before, after } of settled) this.#noteChange(driverId, before, after, again);
      this.#count(settled);
      await this.driverBroadcaster.moved(settled, again);
      pending = new Map([...pending].filter(([driverId]) => conflicts.has(driverId)));
    }
  }

  /** Lets drivers that fell silent leave the index, if they were not heard meanwhile, and tells those who watched. */
  async silence(records: DriverRecord[]): Promise<void> {
    const swept = await this.evict(records);
    this.metrics.swept.inc(swept.length);
    await this.driverBroadcaster.gone(swept, 'silent');
  }

  /** Takes drivers out of a cell, if their records are still the stored ones. @returns those that were */
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

  /** Of each driver, the times that its track has of older fixes among these: those were handled, and are not late. */
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

  /** What a failed write left is not known, so that is forgotten and will be read again. */
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

  /** @returns the drivers that another processor changed meanwhile; they are to be decided again */
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
    // The few that enter need several steps; the others do not wait for them.
    const [refused] = await Promise.all([this.index.apply(updates), ...enters]);
    for (const driverId of refused) conflicts.add(driverId);
    for (const outcome of outcomes) if (!conflicts.has(outcome.driverId)) this.#remember(outcome);
    return conflicts;
  }

  /**
   * Writes of a driver that is not present, or not in this region; see {@link FleetIndex} for why in these steps.
   * @returns false when another processor changed it meanwhile
   */
  async #enter(outcome: Outcome): Promise<boolean> {
    const { known, before, track } = outcome;
    if (outcome.after === null && outcome.statusAt === known.statusAt) return true;
    if (outcome.after === null && known.region === null) return this.index.declare(known, outcome);
    const after = outcome.after ?? placeholder(known.region!, outcome, this.#nextVersion(known));
    const region = regionOf(after.cell);
    const moves = known.region !== null && known.region !== region;
    if (moves && !(await this.#leave(known, after.version))) return false;
    if (!(await this.index.claim(known, region, after.version, Date.now()))) return false;
    const isThere = known.region === region;
    // What is there is of an earlier visit, unless another processor has gone on from here already.
    const there = isThere ? before : await this.index.recordIn(region, after.driverId);
    const expected = isThere ? known.stored : (there?.version ?? null);
    if (expected !== null && expected > after.version) return false;
    const refused = await this.index.apply([{ before: there, expected, after, track }]);
    return refused.length === 0;
  }

  /** Leaves a record of the departure in the region that the card points to, whether or not the driver is there. */
  async #leave(known: KnownDriver, version: number): Promise<boolean> {
    const { record, region, stored } = known;
    const fence = leaving(region!, known, version);
    const [conflict] = await this.index.apply([
      { before: record, expected: stored, after: fence, track: [] },
    ]);
    if (conflict !== undefined) return false;
    // Told at once: what comes after may fail, and would then start from a driver that left.
    if (record?.present) this.cellBroadcaster.note(record.driverId, record, null);
    return true;
  }

  /** The processor before may have died untold, so what comes again is told again. */
  #noteChange(
    driverId: string,
    before: DriverRecord | null,
    after: DriverRecord | null,
    again: boolean,
  ): void {
    const left = again && after !== null && !after.present;
    const from = left ? after : before?.present ? before : null;
    const to = after?.present ? after : null;
    if (from !== null || to !== null) this.cellBroadcaster.note(driverId, from, to);
  }

  /** Only who is present is remembered: nothing would tell that what is known of the others has changed. */
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
    const now = Date.now();
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

  /** Epoch µs whose last three digits are this process's: larger than the driver's last, and no other's. */
  #versionAfter(last: number): number {
    return Math.max(Date.now(), Math.floor(last / 1_000) + 1) * 1_000 + this.tag;
  }
}

/** Whether a write is enough: a driver that is present is where its card points to. */
const isUpdate = ({ record, region }: KnownDriver, after: DriverRecord): boolean =>
  record?.present === true && (record.cell === after.cell || region === regionOf(after.cell));

const departure = (record: DriverRecord, version: number): Write => ({
  before: record,
  expected: record.version,
  after: departed(record, version),
  track: [],
});

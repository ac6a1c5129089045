import { regionOf } from '#geo/cells';
import type { Metrics } from '#ops';
import type { DecisionCounts } from '#protocol';
import {
  type DriverEvent,
  type DriverRecord,
  type FleetIndex,
  groupBy,
  heardAt,
  type KnownDriver,
  type Write,
} from '#store';
import type { Announcer } from './announcer.js';
import { fold, type Outcome } from './fold.js';
import type { Frames } from './frames.js';

const MAX_KNOWN = 200_000;
/** Another processor can win a driver a few times in a row; more often than this something else is wrong. */
const MAX_ROUNDS = 20;
/** The seen set is refreshed this often per driver; the sweep looks at the record itself. */
const NOTE_SEEN_MS = 5_000;

/** The middle of the way of a fix: decide per driver, store, announce. */
export class Processor {
  /** Spares reading what was just written. Every write is checked against the stored version, so it may be stale. */
  readonly #known = new Map<string, KnownDriver>();

  constructor(
    private readonly index: FleetIndex,
    private readonly announcer: Announcer,
    private readonly frames: Frames,
    private readonly metrics: Metrics,
    /** 0 to 999, different for each processor */
    private readonly tag: number,
  ) {}

  /** @param again when the events may have been handled before */
  async handle(events: DriverEvent[], again: boolean): Promise<void> {
    let pending = groupBy(events, (event) => event.driverId);
    for (let round = 0; pending.size > 0; round += 1) {
      if (round === MAX_ROUNDS)
        throw new Error(`${pending.size} drivers could not be written in ${MAX_ROUNDS} rounds`);
      const known = await this.#lookUp([...pending.keys()]);
      const outcomes = known.map((driver) =>
        fold(driver, pending.get(driver.driverId)!, this.#nextVersion(driver)),
      );
      const conflicts = await this.#storeOrForget(outcomes, known);
      const settled = outcomes.filter(({ driverId }) => !conflicts.has(driverId));
      for (const { driverId, before, after } of settled) this.frames.note(driverId, before, after);
      this.#count(settled);
      await this.#noteOnCards(settled);
      await this.announcer.moved(settled, again);
      pending = new Map([...pending].filter(([driverId]) => conflicts.has(driverId)));
    }
  }

  /** Removes who was last heard before `cutoff`, epoch ms, and tells those who watched. */
  async sweep(cutoff: number): Promise<void> {
    for (const region of await this.index.regions()) {
      const swept = await this.index.sweep(region, cutoff);
      if (swept.length === 0) continue;
      for (const record of swept) {
        this.#known.delete(record.driverId);
        this.frames.note(record.driverId, record, null);
      }
      this.metrics.swept.inc(swept.length);
      await this.announcer.gone(swept, 'silent');
      await this.index.keepCards(swept);
    }
  }

  async #lookUp(driverIds: string[]): Promise<KnownDriver[]> {
    return Promise.all(driverIds.map((id) => this.#known.get(id) ?? this.index.load(id)));
  }

  /** What a failed write left is not known, so that is forgotten and will be read again. */
  async #storeOrForget(outcomes: Outcome[], known: KnownDriver[]): Promise<Set<string>> {
    try {
      const conflicts = await this.#store(outcomes, known);
      for (const driverId of conflicts) this.#known.delete(driverId);
      this.metrics.conflicts.inc(conflicts.size);
      return conflicts;
    } catch (error) {
      for (const { driverId } of outcomes) this.#known.delete(driverId);
      throw error;
    }
  }

  /** @returns the drivers that another processor changed meanwhile; they are to be decided again */
  async #store(outcomes: Outcome[], known: KnownDriver[]): Promise<Set<string>> {
    const conflicts = new Set<string>();
    const writes: Write[] = [];
    const moves: Promise<void>[] = [];
    outcomes.forEach((outcome, i) => {
      const { before, after } = outcome;
      if (before !== null && after !== null && regionOf(after.cell) === known[i]!.region)
        writes.push({ before, after, noteSeen: isSeenDue(before, after) });
      else
        moves.push(
          this.#move(outcome, known[i]!).then((write) => {
            if (write === 'conflict') conflicts.add(outcome.driverId);
            else if (write !== null) writes.push(write);
          }),
        );
    });
    await Promise.all(moves);
    for (const driverId of await this.index.apply(writes)) conflicts.add(driverId);
    outcomes.forEach((outcome) => {
      if (!conflicts.has(outcome.driverId)) this.#remember(outcome);
    });
    return conflicts;
  }

  /** Enters, leaves or changes the region, and says what remains to be written. */
  async #move(outcome: Outcome, known: KnownDriver): Promise<Write | 'conflict' | null> {
    const { driverId, before, after } = outcome;
    if (after === null) return before === null || (await this.#leave(before, 'offline')) ? null : 'conflict';
    const region = regionOf(after.cell);
    // Leave first: a driver in two regions would be found, and dispatched, twice.
    if (before !== null && !(await this.#leave(before, 'moved'))) return 'conflict';
    if (!(await this.index.claim(driverId, known.region, region))) return 'conflict';
    return { before: null, after, noteSeen: true };
  }

  /** Told at once: what comes after may fail, and would then start from a driver that is not in the index. */
  async #leave(record: DriverRecord, reason: 'offline' | 'moved'): Promise<boolean> {
    if (!(await this.index.remove(record))) return false;
    this.frames.note(record.driverId, record, null);
    if (reason === 'offline') await this.announcer.gone([record], reason);
    return true;
  }

  /** Only who is in the index is remembered: nothing would tell that what is known of the others has changed. */
  #remember({ driverId, after, status, shift, statusAt }: Outcome): void {
    if (after === null) {
      this.#known.delete(driverId);
      return;
    }
    this.#known.set(driverId, {
      driverId,
      record: after,
      region: regionOf(after.cell),
      left: null,
      status,
      shift,
      statusAt,
    });
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }

  /** After the write that the version guards, so that a processor that lost never speaks for a driver. */
  async #noteOnCards(settled: Outcome[]): Promise<void> {
    await Promise.all(
      settled.map(async ({ driverId, statusChanged, status, shift, statusAt, counts }) => {
        if (statusChanged) await this.index.declareStatus(driverId, status, shift, statusAt);
        if (counts.late + counts.repeated + counts.implausible > 0) await this.index.count(driverId, counts);
      }),
    );
  }

  #count(outcomes: Outcome[]): void {
    const now = Date.now();
    const totals: DecisionCounts = { late: 0, repeated: 0, implausible: 0 };
    const delays: number[] = [];
    for (const { accepted, counts } of outcomes) {
      for (const { receivedAt } of accepted) delays.push(Math.max(0, now - receivedAt));
      for (const kind of ['late', 'repeated', 'implausible'] as const) totals[kind] += counts[kind];
    }
    this.metrics.decided.inc({ outcome: 'accepted' }, delays.length);
    for (const [outcome, count] of Object.entries(totals))
      if (count > 0) this.metrics.decided.inc({ outcome }, count);
    this.metrics.flowed(delays.length, delays);
  }

  /** Epoch µs whose last three digits are this process's: larger than the driver's last, and no other's. */
  #nextVersion({ record, left }: KnownDriver): number {
    const last = Math.max(record?.version ?? 0, left?.version ?? 0);
    return Math.max(Date.now(), Math.floor(last / 1_000) + 1) * 1_000 + this.tag;
  }
}

const isSeenDue = (before: DriverRecord, after: DriverRecord): boolean =>
  Math.floor(heardAt(before) / NOTE_SEEN_MS) !== Math.floor(heardAt(after) / NOTE_SEEN_MS);

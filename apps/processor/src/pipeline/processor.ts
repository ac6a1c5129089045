import { randomInt } from 'node:crypto';
import type { Metrics, Tracing } from '#ops';
import type { DecisionCounts } from '#protocol';
import {
  clock,
  DataError,
  type DriverEvent,
  type DriverLogs,
  type DriverRecord,
  type FleetIndex,
  groupBy,
  ifOfData,
  type KnownDriver,
  settleAll,
} from '#store';
import type { CellBroadcaster } from '../broadcast/cell-broadcaster.js';
import type { DriverBroadcaster, FollowerRooms } from '../broadcast/driver-broadcaster.js';
import type { ZoneTracker } from '../zones/zone-tracker.js';
import { DriverQueue } from './driver-queue.js';
import { DriverWriter, isUpdate, type Written } from './driver-writer.js';
import { NO_COUNTS, type Note, type Outcome } from './fold.js';
import { foldWithin } from './fold-within.js';
import { RegionBudget } from './region-budget.js';

/** Another processor can win a driver a few times in a row; more often than this, something else is wrong. */
const MAX_ROUNDS = 20;
/** Drivers per write: while Redis writes one group, the next one is decided. */
const DRIVERS_PER_WRITE = 100;

/** Nobody may foresee when a car that riders do not see comes back. */
const random = (): number => randomInt(2 ** 32) / 2 ** 32;

const NO_LOGS = { add: () => {} };
const NO_ZONES = { decided: async () => {}, gone: async () => {} };

/** Result of writing the drivers that take one write. */
type Updated = {
  outcomes: Outcome[];
  /** events of drivers that could not be written like this */
  failed: DriverEvent[];
  /** whether those may have been stored nevertheless */
  redelivered: boolean;
  /** the followers of the outcomes, if they were found behind the writes */
  followers: FollowerRooms | null;
};

/** Stored outcomes, and whether their events may have been handled before. */
export type Stored = { outcomes: Outcome[]; redelivered: boolean };

/** Decides on the events of drivers, stores the outcomes and publishes them; {@link createBatchHandler} combines the steps. */
export class Processor {
  readonly #writer: DriverWriter;
  /** drivers that take several steps, or wait for them */
  readonly #queue = new DriverQueue();
  readonly #regions = new RegionBudget();

  constructor(
    private readonly index: FleetIndex,
    private readonly driverBroadcaster: DriverBroadcaster,
    cellBroadcaster: CellBroadcaster,
    private readonly metrics: Metrics,
    /** 0 to 999, different for each processor */
    tag: number,
    private readonly silentMs: number,
    private readonly zones: Pick<ZoneTracker, 'decided' | 'gone'> = NO_ZONES,
    private readonly logs: Pick<DriverLogs, 'add'> = NO_LOGS,
    private readonly tracing: Pick<Tracing, 'isOn' | 'fix'> | null = null,
  ) {
    this.#writer = new DriverWriter(index, cellBroadcaster, metrics, tag);
  }

  /**
   * Begins to store the drivers of a batch that take one write, which are almost all, so that they do not wait for the others.
   * @returns the rest of the events, for {@link store}
   */
  begin(events: DriverEvent[], redelivered: boolean): { rest: DriverEvent[]; updating: Promise<Updated> } {
    if (redelivered)
      return {
        rest: events,
        updating: Promise.resolve({ outcomes: [], failed: [], redelivered, followers: null }),
      };
    const rest: DriverEvent[] = [];
    const updates = new Map<string, DriverEvent[]>();
    const writes: Array<Promise<Written>> = [];
    const decided: Outcome[] = [];
    let group: Outcome[] = [];
    const write = () => {
      writes.push(this.#writer.update(group));
      group = [];
    };
    for (const [driverId, own] of groupBy(events, (event) => event.driverId)) {
      const outcome = this.#decideUpdate(driverId, own);
      if (outcome === null) {
        for (const event of own) rest.push(event);
        continue;
      }
      updates.set(driverId, own);
      decided.push(outcome);
      group.push(outcome);
      if (group.length === DRIVERS_PER_WRITE) write();
    }
    if (group.length > 0) write();
    // Behind all writes, without waiting for their replies.
    const followers = decided.length === 0 ? null : this.driverBroadcaster.findFollowers(decided);
    return { rest, updating: this.#updated(updates, writes, followers) };
  }

  /** @returns null when the driver takes several steps, or waits for some, or its events cannot be handled like this */
  #decideUpdate(driverId: string, events: DriverEvent[]): Outcome | null {
    const known = this.#queue.has(driverId) ? undefined : this.#writer.known(driverId);
    if (known === undefined) return null;
    try {
      const outcome = this.#fold(known, events);
      return outcome.after !== null && isUpdate(known, outcome.after) ? outcome : null;
    } catch (error) {
      return ifOfData(null)(error);
    }
  }

  #fold(known: KnownDriver, events: DriverEvent[], kept?: ReadonlySet<number>): Outcome {
    return foldWithin(
      this.#regions,
      known,
      events,
      this.#writer.nextVersion(known),
      this.silentMs,
      random,
      kept,
    );
  }

  async #updated(
    updates: Map<string, DriverEvent[]>,
    writes: Array<Promise<Written>>,
    followers: FollowerRooms | null,
  ): Promise<Updated> {
    try {
      const written = await settleAll(writes);
      const outcomes = written.flatMap(({ stored }) => stored);
      for (const { driverId } of outcomes) updates.delete(driverId);
      return {
        outcomes,
        failed: [...updates.values()].flat(),
        // The conflict may be one with this write itself: a client repeats a command whose reply was lost.
        redelivered: true,
        followers: written.every(({ isOrdered }) => isOrdered) ? followers : null,
      };
    } catch (error) {
      const failed = [...updates.values()].flat();
      return ifOfData({ outcomes: [], failed, redelivered: true, followers: null })(error);
    }
  }

  /** Runs work on these events, each driver after the earlier calls for it; {@link begin} leaves it to the next call meanwhile. */
  enqueue(events: DriverEvent[], work: (events: DriverEvent[]) => Promise<void>): Promise<void> {
    return this.#queue.run(events, work);
  }

  /** Publishes stored outcomes to followers; finds those first if they are not given. */
  async publish(
    outcomes: Outcome[],
    redelivered: boolean,
    followers: FollowerRooms | null = null,
  ): Promise<void> {
    await settleAll([
      this.driverBroadcaster.moved(outcomes, redelivered, followers),
      this.zones.decided(outcomes, redelivered),
    ]);
    this.#count(outcomes);
  }

  /** Publishes the positions that wait for newer ones, before another processor publishes those. */
  flush(): void {
    this.driverBroadcaster.flush();
  }

  /**
   * Decides on events and stores the outcomes, in as many steps as each driver takes.
   * @param redelivered whether the events may have been handled before
   * @returns the outcomes, to be published; for each part of them, whether their events may have been handled before
   * @throws {DataError} when a driver still cannot be written after {@link MAX_ROUNDS} conflicts
   */
  async store(events: DriverEvent[], redelivered: boolean): Promise<Stored[]> {
    const all: Stored[] = [];
    const pending = groupBy(events, (event) => event.driverId);
    for (let round = 0; pending.size > 0; round += 1) {
      if (round === MAX_ROUNDS)
        throw new DataError(`${pending.size} drivers still had write conflicts after ${MAX_ROUNDS} attempts`);
      const known = await this.#writer.load([...pending.keys()]);
      // After a conflict, as in #updated.
      const again = redelivered || round > 0;
      const kept = again ? await this.#keptOf(known, pending) : null;
      const writes: Array<Promise<Outcome[]>> = [];
      for (let from = 0; from < known.length; from += DRIVERS_PER_WRITE) {
        const group = known
          .slice(from, from + DRIVERS_PER_WRITE)
          .map((driver, i) => this.#fold(driver, pending.get(driver.driverId)!, kept?.[from + i]));
        writes.push(this.#writer.write(group, again));
      }
      const outcomes = (await settleAll(writes)).flat();
      for (const { driverId } of outcomes) pending.delete(driverId);
      all.push({ outcomes, redelivered: again });
    }
    return all;
  }

  /** Removes silent drivers from the index, unless a fix has arrived in the meantime, and notifies their watchers. */
  async silence(records: DriverRecord[]): Promise<void> {
    // First: nobody would repeat it for drivers who are not in the index. A newer fix wins by its version.
    await this.zones.gone(records).catch(ifOfData(undefined));
    const swept = await this.evict(records);
    this.metrics.swept.inc(swept.length);
    for (const { driverId } of swept) this.logs.add(driverId, { kind: 'silent', at: clock.now() });
    await this.driverBroadcaster.gone(swept, 'silent');
  }

  /** Removes drivers from their cells if their records are still the stored ones. @returns the removed records */
  evict(records: DriverRecord[]): Promise<DriverRecord[]> {
    return this.#writer.evict(records);
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

  #log(driverId: string, notes: readonly Note[], at: number): void {
    for (const [, same] of groupBy([...notes], ({ outcome, why }) => `${outcome} ${why}`))
      this.logs.add(driverId, { kind: 'decided', at, ...same[0]!, count: same.length });
  }

  #count(outcomes: Outcome[]): void {
    const now = clock.now();
    const totals: DecisionCounts = { late: 0, repeated: 0, implausible: 0, refused: 0 };
    const delays: number[] = [];
    for (const { driverId, accepted, counts, notes } of outcomes) {
      for (const { receivedAt } of accepted) delays.push(Math.max(0, now - receivedAt));
      if (this.tracing?.isOn === true)
        for (const { fix, receivedAt } of accepted)
          this.tracing.fix('processor: decide and publish', driverId, fix.t, receivedAt, now);
      if (counts === NO_COUNTS) continue;
      this.#log(driverId, notes, now);
      for (const kind of ['late', 'repeated', 'implausible', 'refused'] as const)
        totals[kind] += counts[kind];
    }
    this.metrics.decided.inc({ outcome: 'accepted' }, delays.length);
    for (const [outcome, count] of Object.entries(totals))
      if (count > 0) this.metrics.decided.inc({ outcome }, count);
    this.metrics.flowed(delays.length, delays);
  }
}

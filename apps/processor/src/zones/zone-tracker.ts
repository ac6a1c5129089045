import { setImmediate } from 'node:timers/promises';
import type { DriverRecord } from '#store';
import { BoundedMap, clock, isOfData, settleAll, type Tracks, type ZoneIndexes } from '#store';
import type { ZoneFix, ZoneIndex } from '#zones';
import { DriverQueue } from '../pipeline/driver-queue.js';
import type { Outcome } from '../pipeline/fold.js';
import { changes, type Vehicle, type ZoneDecisions } from './zone-decisions.js';

const MAX_VEHICLES = 200_000;
/** Vehicles that are decided again in one turn after other zones took effect. */
const REVISED_AT_ONCE = 500;

/**
 * Decides for each stored outcome in which zones its driver is. A driver whose zones do not change costs a look-up in
 * memory; a change is written by {@link ZoneDecisions} before the events of the outcome are finished.
 *
 * No crossing is lost or repeated, wherever a processor is killed:
 * - Events are finished only when their fixes are decided, so whoever takes over gets every undecided fix again. Their
 *   outcome has no newly accepted fixes then; the track, which was written with the record, says which of them were accepted.
 * - A membership is written together with its crossings, against the one that the decision was based on.
 * - A decision depends on the membership and the fixes only, and a fix that changed nothing changes nothing again.
 */
export class ZoneTracker {
  /** Cache of decided drivers, valid while the driver's record has the version that it had then. */
  readonly #vehicles = new BoundedMap<string, Vehicle>(MAX_VEHICLES);
  /** batches whose fixes are newer than the zones that are surely known */
  #catchingUp: Promise<void> | null = null;
  /** drivers whose decision is written, or waits for one */
  readonly #queue = new DriverQueue();

  constructor(
    private readonly indexes: ZoneIndexes,
    private readonly decisions: ZoneDecisions,
    private readonly tracks: Tracks,
    /** called when the zones of a driver cannot be decided because of data; the fixes count nevertheless */
    private readonly onUndecided: (driverId: string, error: Error) => void = () => {},
  ) {}

  /**
   * Decides on stored outcomes, in the order of each driver; resolves when all changes are written and published.
   * @param redelivered whether the events may have been handled before
   */
  async decided(outcomes: Outcome[], redelivered: boolean): Promise<void> {
    let newest = 0;
    for (const { after } of outcomes) if (after !== null) newest = Math.max(newest, after.receivedAt);
    if (this.#catchingUp !== null || !this.indexes.isCompleteAt(newest)) await this.#catchUp(newest);
    const slow: Outcome[] = [];
    for (const outcome of outcomes) {
      const { driverId, before, after } = outcome;
      if (after === null) continue;
      const index = this.indexes.at(after.receivedAt);
      if (index.isEmpty) continue;
      const vehicle = redelivered || this.#queue.has(driverId) ? undefined : this.#known(driverId, before);
      if (vehicle === undefined || vehicle.index !== index || changes(vehicle, after, fixesOf(outcome)))
        slow.push(outcome);
      else note(vehicle, after);
    }
    if (slow.length === 0) return;
    await this.#queue.run(slow, async (own) => {
      await settleAll(own.map((outcome) => this.#decideOrReport(outcome, redelivered)));
    });
  }

  /** Batches that come meanwhile wait, too: the fixes of a driver stay in order. */
  async #catchUp(timeMs: number): Promise<void> {
    const before = this.#catchingUp?.catch(() => {});
    const own = (async () => {
      await before;
      if (!this.indexes.isCompleteAt(timeMs)) await this.indexes.load();
    })();
    this.#catchingUp = own;
    try {
      await own;
    } finally {
      if (this.#catchingUp === own) this.#catchingUp = null;
    }
  }

  /** Records that drivers fell silent: they are no longer available where they are. */
  async gone(records: DriverRecord[]): Promise<void> {
    const index = this.indexes.at();
    if (index.isEmpty || records.length === 0) return;
    await this.#queue.run(records, async (own) => {
      await settleAll(
        own.map(async (record) => {
          const vehicle = this.#known(record.driverId, record) ?? (await this.decisions.load(record, index));
          this.#vehicles.delete(record.driverId);
          // Earlier than the departure record, whose version is a millisecond later at least.
          await this.decisions.leaveQueues(vehicle, record.version + 1);
        }),
      );
    });
  }

  /** Decides again on drivers whose last fix was decided by other zones than those in force now. */
  async revise(): Promise<void> {
    const index = this.indexes.at();
    const outdated = [...this.#vehicles.keys()].filter((id) => this.#vehicles.get(id)!.index !== index);
    for (let from = 0; from < outdated.length; from += REVISED_AT_ONCE) {
      const group = outdated.slice(from, from + REVISED_AT_ONCE).map((driverId) => ({ driverId }));
      await this.#queue.run(group, async (own) => {
        await settleAll(own.map(({ driverId }) => this.#revise(driverId, index)));
      });
      await setImmediate();
    }
  }

  async #revise(driverId: string, index: ZoneIndex): Promise<void> {
    const vehicle = this.#vehicles.get(driverId);
    if (vehicle === undefined || vehicle.index === index) return;
    try {
      await this.decisions.decide(vehicle, index, vehicle.record, []);
    } catch (error) {
      this.#vehicles.delete(driverId);
      throw error;
    }
  }

  /** Like {@link #decide}, but broken data of zones never keeps fixes from being published. */
  async #decideOrReport(outcome: Outcome, redelivered: boolean): Promise<void> {
    try {
      await this.#decide(outcome, redelivered);
    } catch (error) {
      if (!isOfData(error)) throw error;
      this.onUndecided(outcome.driverId, error as Error);
    }
  }

  async #decide(outcome: Outcome, redelivered: boolean): Promise<void> {
    const { driverId, before } = outcome;
    const after = outcome.after!;
    const index = this.indexes.at(after.receivedAt);
    const known = redelivered ? undefined : this.#known(driverId, before);
    // An error leaves an unknown state; it is read again next time.
    this.#vehicles.delete(driverId);
    const vehicle = known ?? (await this.decisions.load(after, index));
    const fixes = redelivered ? await this.#fixesOfAll(outcome) : fixesOf(outcome);
    await this.decisions.decide(vehicle, index, after, fixes);
    if (after.present) this.#vehicles.set(driverId, vehicle);
  }

  #known(driverId: string, before: DriverRecord | null): Vehicle | undefined {
    const vehicle = this.#vehicles.get(driverId);
    return vehicle !== undefined && vehicle.record.version === before?.version ? vehicle : undefined;
  }

  /** Returns the accepted fixes of an outcome, and those that the track shows to have been accepted when they were handled before. */
  async #fixesOfAll(outcome: Outcome): Promise<ZoneFix[]> {
    const fixes = fixesOf(outcome);
    const repeated = new Set(outcome.repeated);
    if (repeated.size === 0) return fixes;
    const times = [...repeated];
    const span = { from: Math.min(...times), to: Math.max(...times) };
    const kept = await this.tracks.read(outcome.driverId, span, { now: clock.now() });
    const again = (kept?.fixes ?? []).filter(({ t, late }) => !late && repeated.has(t));
    return [...again, ...fixes].sort((a, b) => a.t - b.t);
  }
}

/** Returns the accepted fixes of an outcome, also those of a jump that it confirms, in order of time. */
function fixesOf({ track }: Outcome): ZoneFix[] {
  const fixes = track.filter(({ late }) => late !== true);
  return fixes.length > 1 ? fixes.sort((a, b) => a.t - b.t) : fixes;
}

function note(vehicle: Vehicle, after: DriverRecord): void {
  vehicle.record = after;
}

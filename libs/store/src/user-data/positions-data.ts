import { clock } from '../clock.js';
import type { FleetIndex } from '../fleet-index.js';
import { keys } from '../keys.js';
import { departed, isPlaceholder, positionOfDriver } from '../record.js';
import type { RedisClient } from '../redis.js';
import { forgetRecord } from '../scripts/fleet.js';
import type { ErasedKind, ErasedUser, Subject, UserData } from './user-data.js';

/** Attempts against a processor that writes the driver at the same time. */
const MAX_ATTEMPTS = 20;

/**
 * The records of a driver in the fleet index, and the pointer to them. What leaves a record goes into the lists of its track, so
 * this comes before the tracks.
 */
export class PositionsData implements UserData {
  readonly kind = 'positions';

  constructor(
    private readonly redis: RedisClient,
    private readonly index: FleetIndex,
  ) {}

  async erase({ userId }: ErasedUser): Promise<ErasedKind> {
    let erased = 0;
    for (const region of await this.#regionsOf(userId)) erased += await this.#forget(region, userId);
    // Last, because it names regions.
    erased += await this.redis.del(keys.driverPointer(userId));
    return { erased };
  }

  async *items({ userId }: Subject): AsyncGenerator<unknown> {
    const { record, status } = await this.index.load(userId);
    if (record !== null && !isPlaceholder(record)) {
      const { counts, extras, accuracyM } = record;
      yield { status, ...positionOfDriver(record), accuracyM, extras, counts };
    }
  }

  async #regionsOf(driverId: string): Promise<Set<string>> {
    const pointer = await this.redis.hgetall(keys.driverPointer(driverId));
    const left = Object.keys(pointer).flatMap((field) =>
      field.startsWith('region:') ? field.slice('region:'.length) : [],
    );
    const named = pointer.region === undefined ? left : [pointer.region, ...left];
    // A pointer forgets regions earlier than these forget the driver.
    return new Set([...named, ...(await this.index.regions())]);
  }

  /** Removes a record as a processor does: out of its cell, then altogether. @returns how many there were */
  async #forget(region: string, driverId: string): Promise<number> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const before = await this.index.recordIn(region, driverId);
      if (before === null) return 0;
      const version = Math.max(clock.now(), Math.floor(before.version / 1_000) + 1) * 1_000;
      const after = departed(before, version);
      const refused = await this.index.apply([{ before, expected: before.version, after, track: [] }]);
      if (refused.length === 0 && (await forgetRecord(this.redis, { region, driverId, version }))) return 1;
    }
    throw new Error(`the record of a driver in region ${region} keeps changing`);
  }
}

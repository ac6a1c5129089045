import { createHmac } from 'node:crypto';
import { type DriverRecord, lastSeenAt } from '#store';
import type { Tokens } from './tokens.js';

/** Riders are promised ten minutes; a record may be half a minute old when it is shown. */
const EPOCH_MS = 9 * 60_000;

/**
 * The names under which riders see cars that are not theirs. A name follows from the driver, from how many trips and
 * breaks it has ended and from the nine minutes in which it was last heard, so that every node gives a car the same
 * name, and nobody without the key can tell that two names are one car.
 */
export class Pseudonyms {
  readonly #key: Buffer;

  constructor(tokens: Tokens) {
    this.#key = tokens.derive('hexfleet pseudonyms');
  }

  of(record: DriverRecord): string {
    return this.named(pseudonymKey(record));
  }

  named(key: string): string {
    return createHmac('sha256', this.#key).update(key).digest('base64url').slice(0, 12);
  }
}

/** Equal for two records of a driver exactly when riders see them under the same name. */
export const pseudonymKey = (record: DriverRecord): string =>
  `${record.driverId}/${record.shift}/${Math.floor(lastSeenAt(record) / EPOCH_MS)}`;

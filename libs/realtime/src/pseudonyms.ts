import { createHmac } from 'node:crypto';
import { type DriverRecord, writtenAt } from '#store';
import type { Tokens } from './tokens.js';

/** Lifetime of a pseudonym: at most ten minutes are promised, and a record may be half a minute old when it is shown. */
const EPOCH_MS = 9 * 60_000;

/**
 * Pseudonyms under which riders see other cars. A pseudonym is derived from the driver, the number of its finished trips
 * and breaks, and the nine-minute window in which it was last seen. Every node derives the same one, and nobody without
 * the key can tell that two of them are the same car.
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

/** Returns a key that is equal for two records of a driver exactly when riders see them under the same pseudonym. */
export const pseudonymKey = (record: DriverRecord): string =>
  `${record.driverId}/${record.shift}/${Math.floor(writtenAt(record) / EPOCH_MS)}`;

import { createHmac } from 'node:crypto';

/** Characters of a name: 96 bits. */
const NAME_LENGTH = 16;

/**
 * Names under which riders see cars. A name is derived from the session of a rider and the key of a car, so each session has
 * names of its own, on every node the same, and nobody without the key of the installation can link two of them, or one to a
 * driver.
 */
export class Pseudonyms {
  readonly #key: Buffer;

  /** @param key the same at all gateways */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * @param session id of the session, which nobody else has
   * @param carKey see `carKey`
   */
  named(session: string, carKey: string): string {
    return createHmac('sha256', this.#key)
      .update(`${session}\n${carKey}`)
      .digest('base64url')
      .slice(0, NAME_LENGTH);
  }
}

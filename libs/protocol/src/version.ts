import { ProtocolError } from './codes.js';

/** Versions of the protocol that the service speaks, oldest first. */
export const PROTOCOL_VERSIONS: readonly [number, ...number[]] = [1];

/** The version that this package speaks: what its clients ask for in the handshake. */
export const PROTOCOL_VERSION = 1;

/** A refusal of a version, which names those that the service speaks. */
export class VersionRefusal extends ProtocolError {
  constructor() {
    super('BAD_VERSION', `this service speaks ${PROTOCOL_VERSIONS.join(', ')}`);
  }

  override get failure() {
    return { ...super.failure, supported: [...PROTOCOL_VERSIONS] };
  }
}

/**
 * Returns the version to speak with a client.
 * @param asked `auth.version` of its handshake; without one, the oldest: clients that know of no versions were written for it
 * @throws {VersionRefusal} BAD_VERSION
 */
export function agreedVersion(asked: unknown): number {
  if (asked === undefined || asked === null) return PROTOCOL_VERSIONS[0];
  const version = PROTOCOL_VERSIONS.find((known) => known === asked);
  if (version === undefined) throw new VersionRefusal();
  return version;
}

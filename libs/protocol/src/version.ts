import { ProtocolError } from './codes.js';

/** Versions of the protocol that the service speaks, oldest first. */
export const PROTOCOL_VERSIONS: readonly [number, ...number[]] = [1];

/** Protocol version of this package, which its clients request in the handshake. */
export const PROTOCOL_VERSION = 1;

/** Error for an unsupported version, which lists the supported ones. */
export class UnsupportedVersionError extends ProtocolError {
  constructor() {
    super('BAD_VERSION', `this service speaks ${PROTOCOL_VERSIONS.join(', ')}`);
  }

  override get failure() {
    return { ...super.failure, supported: [...PROTOCOL_VERSIONS] };
  }
}

/**
 * Returns the version to speak with a client.
 * @param requested `auth.version` of its handshake. Without one it is the oldest, for which clients without a version were
 * written
 * @throws {UnsupportedVersionError} BAD_VERSION
 */
export function agreedVersion(requested: unknown): number {
  if (requested === undefined || requested === null) return PROTOCOL_VERSIONS[0];
  const version = PROTOCOL_VERSIONS.find((supported) => supported === requested);
  if (version === undefined) throw new UnsupportedVersionError();
  return version;
}

import { HOUR_MS } from '#protocol';
import type { ExpiringKeys } from './expiring-keys.js';
import { orUnavailable } from './store-failure.js';

/** Longer than an outage of all processors after which drivers are swept as silent. */
const TTL_MS = HOUR_MS;
const nameOf = (driverId: string): string => `offline:${driverId}`;

/**
 * Drivers that declared themselves offline. The index learns of it through the fix stream, which may be far behind; an offer
 * must not depend on that.
 */
export class DeclaredOffline {
  constructor(private readonly expiring: ExpiringKeys) {}

  /** Called before the status is appended to the fix stream. @throws {ProtocolError} UNAVAILABLE */
  async declare(driverId: string, isOffline: boolean): Promise<void> {
    const name = nameOf(driverId);
    await orUnavailable(isOffline ? this.expiring.set(name, '1', TTL_MS) : this.expiring.delete(name));
  }

  async has(driverId: string): Promise<boolean> {
    return (await this.expiring.get(nameOf(driverId))) !== null;
  }
}

import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { orUnavailable } from './store-failure.js';

/** Longer than any driver pauses; the next connection stores the fleet again. */
const TTL_S = 30 * 86_400;
/** Time for which this process trusts what it has read or written, ms: drivers rarely change their fleet. */
const TRUSTED_MS = 60_000;
/** The same for a driver without a fleet, who may have connected to another gateway for the first time. */
const TRUSTED_NONE_MS = 5_000;
/** Drivers that this process remembers; the oldest are forgotten. */
const MAX_KNOWN = 50_000;

type Known = { fleet: string | null; at: number };

/** The fleet, or brand, of each driver, as its token last said. */
export class DriverFleets {
  /** in the order in which they were read or written */
  readonly #known = new Map<string, Known>();

  constructor(private readonly redis: RedisClient) {}

  /** Stores the fleet of a driver who sends requests, at most once a minute. @throws {ProtocolError} UNAVAILABLE */
  async declare(driverId: string, fleet: string | null): Promise<void> {
    if (this.#trusted(driverId)?.fleet !== fleet) await this.store(driverId, fleet);
  }

  /** Stores the fleet of a driver who has connected. @throws {ProtocolError} UNAVAILABLE */
  async store(driverId: string, fleet: string | null): Promise<void> {
    const key = keys.driverFleet(driverId);
    const storing: Promise<unknown> =
      fleet === null ? this.redis.del(key) : this.redis.set(key, fleet, 'EX', TTL_S);
    await orUnavailable(storing);
    this.#remember(driverId, fleet);
  }

  /** Returns the fleet of each driver; null for one without. @throws {ProtocolError} UNAVAILABLE */
  async of(driverIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const fleets = new Map<string, string | null>();
    const reads = driverIds.map(async (id) => {
      const known = this.#trusted(id);
      const fleet = known === undefined ? await this.redis.get(keys.driverFleet(id)) : known.fleet;
      if (known === undefined) this.#remember(id, fleet);
      fleets.set(id, fleet);
    });
    await orUnavailable(Promise.all(reads));
    return fleets;
  }

  #trusted(driverId: string): Known | undefined {
    const known = this.#known.get(driverId);
    if (known === undefined) return undefined;
    const trustedMs = known.fleet === null ? TRUSTED_NONE_MS : TRUSTED_MS;
    return performance.now() - known.at > trustedMs ? undefined : known;
  }

  #remember(driverId: string, fleet: string | null): void {
    this.#known.delete(driverId);
    this.#known.set(driverId, { fleet, at: performance.now() });
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }
}

import type { DriverProfile } from '#protocol';
import { keys, profilePartOf } from './keys.js';
import type { RedisClient } from './redis.js';

/** Profiles of drivers. They are in a few hashes, so that those of many drivers are read with few requests. */
export class DriverProfiles {
  constructor(private readonly redis: RedisClient) {}

  /** Stores a profile instead of an earlier one. */
  async put(driverId: string, profile: DriverProfile): Promise<void> {
    await this.redis.hset(keys.profiles(profilePartOf(driverId)), driverId, JSON.stringify(profile));
  }

  /** Returns the profile of a driver; null without one. */
  async get(driverId: string): Promise<DriverProfile | null> {
    return profileOf(await this.redis.hget(keys.profiles(profilePartOf(driverId)), driverId));
  }

  /** Returns the profiles of drivers, in their order; null where there is none. */
  async all(driverIds: readonly string[]): Promise<Array<DriverProfile | null>> {
    const parts = new Map<number, string[]>();
    for (const driverId of driverIds) {
      const part = profilePartOf(driverId);
      const ids = parts.get(part);
      if (ids === undefined) parts.set(part, [driverId]);
      else ids.push(driverId);
    }
    const found = new Map<string, DriverProfile | null>();
    await Promise.all(
      [...parts].map(async ([part, ids]) => {
        const texts = await this.redis.hmget(keys.profiles(part), ...ids);
        for (const [i, driverId] of ids.entries()) found.set(driverId, profileOf(texts[i] ?? null));
      }),
    );
    return driverIds.map((driverId) => found.get(driverId) ?? null);
  }
}

/** Returns a stored profile; one that is unreadable counts as none, because it must not stop the driver. */
function profileOf(text: string | null): DriverProfile | null {
  try {
    return text === null ? null : (JSON.parse(text) as DriverProfile);
  } catch {
    return null;
  }
}

import { DAY_MS } from '#protocol';
import { clock } from './clock.js';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';
import { followDevice } from './scripts/presence.js';
import { orUnavailable } from './store-failure.js';

/** More phones than a driver has; connections without a name are a device each, and the oldest are dropped. */
const MAX_DEVICES = 8;

/** Result of {@link Devices.follow}: the device that is followed now, and the one that was before, null if none was. */
export type Followed = { followed: string; before: string | null };

/** Which device of each driver is followed: the one that went online last, over whatever transport. */
export class Devices {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Follows a device that has gone online. Fixes alone do not bring back a device that another one has replaced; a status does.
   * @throws {ProtocolError} UNAVAILABLE
   */
  follow(driverId: string, deviceId: string, by: 'fix' | 'status'): Promise<Followed> {
    const isDeclared = by === 'status';
    const input = {
      driverId,
      deviceId,
      now: clock.now(),
      isDeclared,
      maxDevices: MAX_DEVICES,
      ttlMs: DAY_MS,
    };
    return orUnavailable(followDevice(this.redis, input));
  }

  /** Returns the device that is followed, null if none is. @throws {ProtocolError} UNAVAILABLE */
  async of(driverId: string): Promise<string | null> {
    return (await orUnavailable(this.redis.zrange(keys.devices(driverId), '-1', '-1')))[0] ?? null;
  }
}

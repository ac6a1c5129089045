import { type DriverLogEntry, HOUR_MS, MAX_DRIVER_LOG } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** Entry without the process that adds it. */
export type NewLogEntry = Omit<DriverLogEntry, 'node'>;

/** Logs of drivers: what processes saw and decided in the last hour, at most 500 entries for each driver. */
export class DriverLogs {
  constructor(
    private readonly redis: RedisClient,
    private readonly node: string,
  ) {}

  /** Adds an entry, best effort: a log must not hold up what it is about, nor fail it. */
  add(driverId: string, entry: NewLogEntry): void {
    const key = keys.driverLog(driverId);
    const json = JSON.stringify({ ...entry, node: this.node });
    const [added, expiry] = [
      this.redis.xadd(key, 'MAXLEN', '~', MAX_DRIVER_LOG, '*', 'entry', json),
      this.redis.pexpire(key, HOUR_MS),
    ];
    Promise.all([added, expiry]).catch(() => {});
  }

  /** Reads the entries of the last hour, oldest first. @param now epoch ms */
  async read(driverId: string, now: number): Promise<DriverLogEntry[]> {
    const found = await this.redis.xrevrange(keys.driverLog(driverId), '+', '-', 'COUNT', MAX_DRIVER_LOG);
    return found
      .map(([, [, json]]) => JSON.parse(json!) as DriverLogEntry)
      .filter((entry) => entry.at >= now - HOUR_MS)
      .reverse();
  }
}

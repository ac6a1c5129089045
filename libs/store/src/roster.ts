import type { Status } from '#protocol';
import { keys } from './keys.js';
import type { DriverRecord } from './record.js';
import { decodeRecord, isReadable, versionOf as versionIn } from './record-bytes.js';
import type { RedisClient } from './redis.js';

/** Records per HSCAN. */
const SCANNED_AT_ONCE = 1_000;

/** Part of a record of the index that lists and searches need; see `DriverRecord`. */
export type RosterEntry = {
  id: string;
  version: number;
  /** the index cell; the last one if the driver has left */
  cell: string;
  status: Status;
  present: boolean;
  t: number;
  lat: number;
  lng: number;
  heading: number;
  speedMps: number;
  receivedAt: number;
};

/** Reads the whole fleet, without the parts of records that only processors need. */
export class Roster {
  constructor(private readonly redis: RedisClient) {}

  /**
   * Reads the records of all drivers, also of those that left within the last day. A driver that moved to another region has a
   * record in both, and one may be read twice: the newest version counts.
   * @param versionOf version that the caller has; 0 for a driver that it does not know
   * @param onRecord called for each record with its id, and the record if it is newer than that
   */
  async read(
    versionOf: (id: string) => number,
    onRecord: (id: string, entry: RosterEntry | null) => void,
  ): Promise<void> {
    for (const region of await this.redis.zrange(keys.regions, '0', '-1')) {
      let cursor = '0';
      do {
        const count = SCANNED_AT_ONCE;
        const [next, flat] = await this.redis.hscanBuffer(keys.drivers(region), cursor, 'COUNT', count);
        cursor = next.toString();
        for (let i = 0; i < flat.length; i += 2) {
          const [id, bytes] = [flat[i]!.toString(), flat[i + 1]!];
          if (!isReadable(bytes)) continue;
          const isNewer = versionIn(bytes) > versionOf(id);
          onRecord(id, isNewer ? rosterEntryOf(decodeRecord(id, region, bytes)) : null);
        }
      } while (cursor !== '0');
    }
  }
}

const rosterEntryOf = (record: DriverRecord): RosterEntry => {
  const { driverId: id, version, cell, status, present, t, lat, lng, heading, speedMps, receivedAt } = record;
  return { id, version, cell, status, present, t, lat, lng, heading, speedMps, receivedAt };
};

import { Redis } from 'ioredis';
import type { Vehicle } from '#protocol';
import type { DriverRecord } from '#store';
import { keys } from '../../libs/store/src/keys.js';
import { decodeAll } from '../../libs/store/src/stored-records.js';

const INTERVAL_MS = 200;

/** Reads everything atomically; otherwise a driver who moves during the read would be seen twice or not at all. */
const ALL = `
local cells, drivers = {}, {}
for _, key in ipairs(redis.call('KEYS', '{*}:cell:*')) do
  cells[#cells + 1] = { key, redis.call('ZRANGE', key, 0, -1) }
end
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do drivers[#drivers + 1] = { key, redis.call('HGETALL', key) } end
return { cells, drivers }
`;

/**
 * Places of one driver in the index: one record and one cell unless it is broken or the driver is changing region, and
 * the regions left.
 */
export type Placed = { records: DriverRecord[]; left: DriverRecord[]; cells: string[] };

export async function readIndex(redis: Redis): Promise<Map<string, Placed>> {
  const [cells, drivers] = (await redis.callBuffer('EVAL', ALL, 0, keys.drivers('*'))) as unknown as [
    Array<[key: Buffer, ids: Buffer[]]>,
    Array<[key: Buffer, hash: Buffer[]]>,
  ];
  const index = new Map<string, Placed>();
  const of = (driverId: string): Placed => {
    const placed = index.get(driverId) ?? { records: [], left: [], cells: [] };
    index.set(driverId, placed);
    return placed;
  };
  for (const [key, hash] of drivers)
    for (const record of decodeAll(key.toString('latin1', 1, key.indexOf('}')), hash))
      of(record.driverId)[record.present ? 'records' : 'left'].push(record);
  for (const [key, ids] of cells) for (const id of ids) of(`${id}`).cells.push(`${key}`);
  return index;
}

/** Returns whether a driver is in two cells, in a cell other than the record says, or in a cell without a record. */
export const isMisplaced = ({ records, cells }: Placed): boolean =>
  records.length > 1 ||
  cells.length !== records.length ||
  records.some((record) => !cells.includes(keys.cell(record.cell, record.status as Vehicle['status'])));

/** Samples the index while the scenario runs. */
export class IndexWatch {
  samples = 0;
  /** times that a driver was seen at an older fix than before */
  backwards = 0;
  misplaced = 0;
  readonly #newest = new Map<string, number>();
  readonly #redis: Redis;
  readonly #timer: NodeJS.Timeout;

  constructor(url: string) {
    this.#redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => 50 });
    this.#redis.on('error', () => {});
    let running = false;
    this.#timer = setInterval(async () => {
      if (running) return;
      running = true;
      // While Redis is down there is nothing to sample.
      await readIndex(this.#redis).then(
        (index) => this.#look(index),
        () => {},
      );
      running = false;
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#redis.disconnect();
  }

  #look(index: Map<string, Placed>): void {
    this.samples += 1;
    for (const [driverId, placed] of index) {
      if (isMisplaced(placed)) this.misplaced += 1;
      for (const { t } of placed.records) {
        if (t < (this.#newest.get(driverId) ?? 0)) this.backwards += 1;
        this.#newest.set(driverId, t);
      }
    }
  }
}

import type { Point } from '#geo';
import { startRedis, type TestRedis } from '../../fixtures/redis.js';
import type { Move } from './city.js';

/** A driver index with a Redis of its own. */
export type Contender = {
  name: string;
  /** unmeasured */
  load(moves: Move[]): Promise<void>;
  move(batch: Move[]): Promise<void>;
  /** completes pending work after the last move */
  settle(): Promise<void>;
  /** available drivers, nearest first */
  nearest(limit: number, point: Point, maxM: number): Promise<Nearby[]>;
  /** CPU time used by its Redis, user and system, ms */
  redisCpuMs(): Promise<number>;
  stop(): Promise<void>;
};

export type Nearby = Point & { driverId: string; distanceM: number };

/** Same settings for all: in memory only, so that the index is measured and not the disk. */
export const startOwnRedis = (): Promise<TestRedis> => startRedis('no', ['--appendonly', 'no']);

/** https://redis.io/commands/info: `used_cpu_sys` and `used_cpu_user`, in s */
export async function cpuMsOf({ client }: TestRedis): Promise<number> {
  const info = await client.info('cpu');
  const secondsOf = (field: string) => Number(new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1]);
  return (secondsOf('used_cpu_sys') + secondsOf('used_cpu_user')) * 1_000;
}

export function* batchesOf<T>(items: T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

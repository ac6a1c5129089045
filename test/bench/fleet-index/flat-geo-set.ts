import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { connect } from '#store';
import type { Move } from './city.js';
import { batchesOf, type Contender, cpuMsOf, startOwnRedis } from './contender.js';

const SETS: Record<Move['status'], string> = { available: 'drivers', busy: 'drivers:busy' };

/** The tutorial design: one geo set of available drivers, one of the others, and nothing else. */
export async function startFlatGeoSet(): Promise<Contender> {
  const own = await startOwnRedis();
  const redis = connect(own.url, 'commands', (error) => process.emit('uncaughtException', error)) as Redis;
  await once(redis, 'ready');
  const move = async (batch: Move[]) => {
    const pipeline = redis.pipeline();
    for (const { driverId, status, fix } of batch) pipeline.geoadd(SETS[status], fix.lng, fix.lat, driverId);
    for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
  };
  return {
    name: 'flat geo set',
    load: async (moves) => {
      for (const batch of batchesOf(moves, 1_000)) await move(batch);
    },
    move,
    settle: async () => {},
    nearest: async (limit, { lat, lng }, maxM) => {
      const circle = ['FROMLONLAT', lng, lat, 'BYRADIUS', maxM, 'm'] as const;
      const shape = ['ASC', 'COUNT', limit, 'WITHCOORD', 'WITHDIST'] as const;
      const found = (await redis.call('GEOSEARCH', SETS.available, ...circle, ...shape)) as Member[];
      return found.map(([driverId, distance, [east, north]]) => ({
        driverId,
        lat: Number(north),
        lng: Number(east),
        distanceM: Number(distance),
      }));
    },
    redisCpuMs: () => cpuMsOf(own),
    stop: async () => {
      redis.disconnect();
      await own.stop();
    },
  };
}

type Member = [driverId: string, distance: string, at: [lng: string, lat: string]];

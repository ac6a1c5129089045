import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startSystem } from '../../fixtures/system.js';
import type { Contender } from './contender.js';

/** Two gateways and a processor, as `npm start` runs them; clients connect to the gateways directly. */
export async function startHexfleet(profileDir?: string): Promise<Contender> {
  const system = await startSystem({
    appendfsync: 'everysec',
    env: { HEXFLEET_TICK_MS: '1000' },
    nodeArguments: profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [],
  });
  const [first, second] = system.gateways;
  const service = await system.token('service', 'bench');
  const pickup = { lat: 40.75, lng: -73.98 };
  return {
    driverUrl: first!.url,
    riderUrl: second!.url,
    pids: {
      front: system.front.process.pid!,
      'driver node': first!.pid,
      'rider node': second!.pid,
      processor: system.processors[0]!.process.pid!,
      redis: system.redis.pid(),
    },
    token: system.token,
    openTrip: async (riderId, driverId) => {
      const response = await fetch(`${second!.url}/api/trips`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${service}` },
        body: JSON.stringify({ riderId, driverId, pickup, dropoff: pickup }),
      });
      const trip = (await response.json()) as { id?: string };
      if (trip.id === undefined) throw new Error(`No trip: ${JSON.stringify(trip)}`);
      return trip.id;
    },
    stop: async () => {
      if (profileDir) await saveCommandStats(system.redis.url, profileDir);
      await system.stop();
    },
  };
}

/** Saves the Redis command statistics next to the CPU profiles. */
async function saveCommandStats(redisUrl: string, profileDir: string): Promise<void> {
  await mkdir(profileDir, { recursive: true });
  const redis = new Redis(redisUrl);
  await writeFile(join(profileDir, 'commandstats.txt'), await redis.info('commandstats'));
  redis.disconnect();
}

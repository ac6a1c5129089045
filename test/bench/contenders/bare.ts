import { freePort } from '../../fixtures/ports.js';
import { startService, stopService } from '../../fixtures/system.js';
import type { Contender } from './contender.js';

/** One process for all clients; nothing reaches a rider. */
export async function startBare(): Promise<Contender> {
  const service = await startService('test/bench/baselines/bare.js', { PORT: String(await freePort()) });
  return {
    driverUrl: service.ready.url,
    riderUrl: service.ready.url,
    pids: { 'driver node': service.process.pid! },
    token: async (_, sub) => sub,
    openTrip: async (_, driverId) => driverId,
    stop: () => stopService(service),
  };
}

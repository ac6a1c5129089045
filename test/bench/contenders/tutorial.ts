import { freePort } from '../../fixtures/ports.js';
import { startRedis } from '../../fixtures/redis.js';
import { type Service, startService, stopService } from '../../fixtures/system.js';
import type { Contender } from './contender.js';

export async function startTutorial(): Promise<Contender> {
  const redis = await startRedis('everysec');
  const start = async (): Promise<Service> =>
    startService('test/bench/baselines/tutorial.js', {
      REDIS_URL: redis.url,
      PORT: String(await freePort()),
    });
  const first = await start();
  const second = await start();
  const unsigned = (claims: object) => `-.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.-`;
  return {
    driverUrl: first.ready.url,
    riderUrl: second.ready.url,
    pids: { 'driver node': first.process.pid!, 'rider node': second.process.pid!, redis: redis.pid() },
    token: async (role, sub) => unsigned({ role, sub }),
    openTrip: async (_, driverId) => driverId,
    stop: async () => {
      await Promise.all([first, second].map(stopService));
      await redis.stop();
    },
  };
}

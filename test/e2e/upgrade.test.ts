import { describe, expect, test } from 'vitest';
import { keys } from '../../libs/store/src/keys.js';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { startRedis } from '../fixtures/redis.js';
import { rest } from '../fixtures/rest.js';
import { startService, startSystem } from '../fixtures/system.js';
import { DUMPED_SETTINGS, DUMPED_VERSIONS, restoreDump } from '../upgrade/restore.js';

describe.each(DUMPED_VERSIONS)('an installation of version %s', (version) => {
  test('continues after an upgrade with its trips, chats, links, tracks and unprocessed fixes', async () => {
    const redis = await startRedis();
    const { trip, ended, positions, track, link, waiting } = (await restoreDump(version, redis.client))
      .expected;
    const system = await startSystem({ gateways: 1, redisUrl: redis.url, env: DUMPED_SETTINGS });
    try {
      const service = await system.token('service', 's');
      const get = async (path: string) => (await rest(`${system.url}/api${path}`, 'GET', service)).body;
      const { eta: _, ...known } = trip;
      const stored = await get(`/trips/${trip.id}`);
      expect(stored).toMatchObject(known);
      // The name of version 0.1 for it was another.
      expect(stored.eta.by).toBe('straight_line');
      expect(await get(`/trips/${ended.id}`)).toMatchObject(ended);
      expect(await get('/drivers/driver-1/position')).toMatchObject(positions[0]!);
      await expect.poll(() => get('/drivers/driver-3/position')).toMatchObject(waiting[0]!);
      const since = waiting[0]!.t;
      const once = await get(`/drivers/driver-3/track?from=${since}&to=${since}`);
      expect(once.properties.times).toEqual([since]);
      const driven = await get(`/drivers/driver-1/track?from=${track[0]}&to=${track.at(-1)}`);
      expect(driven.properties.times).toEqual(track);
      const shared = await rest(`${system.url}/api/share/${link.token}`, 'GET', null);
      expect(shared).toMatchObject({ status: 200 });

      const connect = async (role: 'driver' | 'rider') =>
        connectStock(system.url, `/${role}`, await system.token(role, `${role}-1`));
      const [driver, rider] = [await connect('driver'), await connect('rider')];
      const { messages } = await ask(rider, 'chat:history', { tripId: trip.id });
      expect(messages.map(({ text }) => text)).toEqual(['message 0', 'message 1']);
      expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true });
      const fix = { lat: 40.75, lng: -73.9895, t: Date.now() };
      expect(await ask(driver, 'fixes', [fix])).toMatchObject({ ok: true, accepted: 1 });
      await expect.poll(() => pushes(rider, 'position').at(-1)).toMatchObject(fix);
      const changed = await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', service, {
        state: 'cancelled',
      });
      expect(changed.body).toMatchObject({ state: 'cancelled', version: trip.version + 1 });
      for (const { socket } of [driver, rider]) socket.disconnect();
    } finally {
      await system.stop();
      await redis.stop();
    }
  });
});

test('while processes of version 0.1 still run, this version does not start and names them', async () => {
  const redis = await startRedis();
  let timer: NodeJS.Timeout | undefined;
  try {
    // Version 0.1 reports its processes, but stores no settings.
    const report = () => {
      const state = { node: 'gateway-7', role: 'gateway', at: Date.now(), startedAt: 0 };
      return redis.client.hset(keys.nodes, state.node, JSON.stringify(state));
    };
    await report();
    timer = setInterval(report, 500);
    const env = { HEXFLEET_REDIS_URL: redis.url, HEXFLEET_JWT_SECRET: 'a secret of at least 32 characters' };
    await expect(startService('apps/processor/src/main.js', env)).rejects.toThrow(
      /processes of version 0\.1 still run: gateway-7; stop them first/,
    );
  } finally {
    clearInterval(timer);
    await redis.stop();
  }
});

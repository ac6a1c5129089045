import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import type { Bbox } from '#protocol';
import { ask, connectStock, drive, live, pushes } from '../fixtures/clients.js';
import { startRedis } from '../fixtures/redis.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem } from '../fixtures/system.js';

const HERE = { lat: 40.75, lng: -73.99 };
const BBOX: Bbox = [-74.1, 40.7, -73.9, 40.8];

const STORES = {
  'one Redis': async () => {
    const redis = await startRedis();
    return { url: redis.url, clients: [redis.client], stop: redis.stop };
  },
  'a Redis Cluster': startRedisCluster,
};

/** The documented permissions of a user for one installation. */
function rulesFor(prefix: string): string[] {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const [, command] = /^ACL SETUSER hexfleet (.*)$/m.exec(page)!;
  return command!.replaceAll('berlin', prefix).replace('a-password', 'secret').split(' ');
}

/** The same users in each installation: a driver on a trip, its rider, and a dispatcher who watches the place. */
async function usersOf(system: System) {
  const connect = async (role: 'driver' | 'rider' | 'dispatcher') =>
    connectStock(
      system.url,
      role === 'dispatcher' ? '/dispatch' : `/${role}`,
      await system.token(role, `${role}-1`),
    );
  const [driver, rider, dispatcher] = [
    await connect('driver'),
    await connect('rider'),
    await connect('dispatcher'),
  ];
  const request = { riderId: 'rider-1', driverId: 'driver-1', pickup: HERE, dropoff: HERE };
  const service = await system.token('service', 's');
  const { body: trip } = await rest(`${system.url}/api/trips`, 'POST', service, request);
  expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true });
  expect(await ask(dispatcher, 'fleet:watch', { bbox: BBOX, zoom: 12 })).toMatchObject({ ok: true });
  expect(await ask(dispatcher, 'driver:watch', { driverId: 'driver-1' })).toMatchObject({ ok: true });
  return { driver, rider, dispatcher, service };
}

const all = async <T>(clients: Redis[], read: (client: Redis) => Promise<T[]>): Promise<T[]> =>
  (await Promise.all(clients.map(read))).flat();

test.each(Object.entries(STORES))(
  'two installations with different prefixes in %s see nothing of each other, and need few permissions',
  async (_, startStore) => {
    const store = await startStore();
    for (const client of store.clients) await client.call('ACL', 'SETUSER', 'hexfleet', ...rulesFor('two:a'));
    const limited = store.url.replaceAll('redis://', 'redis://hexfleet:secret@');
    const start = (prefix: string) =>
      startSystem({
        gateways: 1,
        redisUrl: prefix === 'one' ? store.url : limited,
        env: { HEXFLEET_PREFIX: prefix },
      });
    // The processes have the same names in both, which one installation would refuse.
    const systems = await Promise.all(['one', 'two:a'].map(start));
    try {
      const [one, two] = await Promise.all(systems.map(usersOf));
      const sent: number[] = [];
      for (const fix of live(drive(5, HERE))) {
        expect(await ask(one!.driver, 'fixes', [fix])).toMatchObject({ ok: true, accepted: 1 });
        sent.push(fix.t);
      }
      const seen = ({ rider }: Awaited<ReturnType<typeof usersOf>>) =>
        pushes(rider, 'position').map(({ t }) => t);
      await expect.poll(() => seen(one!)).toEqual(sent);
      await expect.poll(() => pushes(one!.dispatcher, 'fleet').length).toBeGreaterThan(0);

      // The next thing that the second one receives is its own, so nothing came before it.
      const [own] = [...live(drive(1, { lat: 40.76, lng: -73.98 }))];
      expect(await ask(two!.driver, 'fixes', [own!])).toMatchObject({ ok: true, accepted: 1 });
      await expect.poll(() => seen(two!)).toEqual([own!.t]);
      await expect
        .poll(() => pushes(two!.dispatcher, 'fleet').flatMap(({ moved }) => moved))
        .toMatchObject([{ id: 'driver-1', t: own!.t }]);
      expect(seen(one!)).toEqual(sent);
      const nodes = await rest(`${systems[1]!.url}/api/nodes`, 'GET', two!.service);
      expect(nodes.body.nodes).toHaveLength(2);

      const keys = await all(store.clients, (client) => client.keys('*'));
      const channels = await all(
        store.clients,
        (client) => client.call('PUBSUB', 'SHARDCHANNELS') as Promise<string[]>,
      );
      for (const names of [keys, channels]) {
        expect(names.filter((name) => !/^(one|two:a):/.test(name))).toEqual([]);
        for (const prefix of ['one:', 'two:a:'])
          expect(names.some((name) => name.startsWith(prefix))).toBe(true);
      }
      expect(await all(store.clients, (client) => client.call('ACL', 'LOG') as Promise<unknown[]>)).toEqual(
        [],
      );
    } finally {
      await Promise.all(systems.map((system) => system.stop()));
      await store.stop();
    }
  },
);

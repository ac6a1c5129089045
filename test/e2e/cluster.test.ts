import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bbox, Fix } from '#protocol';
import { ask, connectStock, drive, live, pushes } from '../fixtures/clients.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';
import { rest } from '../fixtures/rest.js';
import { type System, startSystem } from '../fixtures/system.js';

let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
let system: System;
beforeAll(async () => {
  cluster = await startRedisCluster();
  system = await startSystem({ redisUrl: cluster.url, processors: 2 });
});
afterAll(async () => {
  await system.stop();
  await cluster.stop();
});

test('chats in different slots work between parties on two nodes', async () => {
  const service = await system.token('service', 's');
  const place = { lat: 40.75, lng: -73.99 };
  for (let i = 0; i < 6; i += 1) {
    const ids = { riderId: `chat-r-${i}`, driverId: `chat-d-${i}` };
    const request = { ...ids, pickup: place, dropoff: place };
    const { body: trip } = await rest(`${system.url}/api/trips`, 'POST', service, request);
    const on = async (node: number, role: 'rider' | 'driver', sub: string) =>
      connectStock(system.gateways[node]!.url, `/${role}`, await system.token(role, sub));
    const [rider, driver] = [await on(0, 'rider', ids.riderId), await on(1, 'driver', ids.driverId)];
    const tripId = trip.id;
    // The response arrives once the node is subscribed.
    for (const client of [rider, driver])
      expect(await ask(client, 'feed:resume', { after: null })).toMatchObject({ ok: true });
    for (const [n, client] of [rider, driver, rider].entries())
      expect(await ask(client, 'chat:send', { tripId, id: `${n}`, text: 'hi' })).toMatchObject({
        message: { seq: n + 1 },
      });
    expect(await ask(driver, 'chat:read', { tripId, seq: 2 })).toEqual({ ok: true, unread: 1 });
    for (const client of [rider, driver]) {
      await expect
        .poll(() =>
          pushes(client, 'chat')
            .map(({ seq }) => seq)
            .toSorted(),
        )
        .toEqual([1, 2, 3]);
      await expect.poll(() => pushes(client, 'chat:receipt')).toMatchObject([{ delivered: 2, read: 2 }]);
      expect(await ask(client, 'chat:history', { tripId })).toMatchObject({ unread: 1 });
    }
    for (const { socket } of [rider, driver]) socket.disconnect();
  }
});

test('the service runs on a Redis Cluster of three masters with two processors', async () => {
  const service = await system.token('service', 's');
  const cities = [
    { lat: 40.75, lng: -73.99 },
    { lat: 48.86, lng: 2.35 },
    { lat: -33.87, lng: 151.21 },
    { lat: 35.68, lng: 139.69 },
    { lat: 19.43, lng: -99.13 },
    { lat: 30.04, lng: 31.24 },
  ];
  for (const [i, city] of cities.entries()) {
    const ids = { riderId: `r-${i}`, driverId: `d-${i}` };
    const { body: trip } = await rest(`${system.url}/api/trips`, 'POST', service, {
      ...ids,
      pickup: city,
      dropoff: city,
    });
    const driver = await connectStock(
      system.gateways[0]!.url,
      '/driver',
      await system.token('driver', ids.driverId),
    );
    const rider = await connectStock(
      system.gateways[1]!.url,
      '/rider',
      await system.token('rider', ids.riderId),
    );
    const dispatcher = await connectStock(
      system.gateways[1]!.url,
      '/dispatch',
      await system.token('dispatcher', 'desk'),
    );
    expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true });
    const bbox: Bbox = [city.lng - 0.1, city.lat - 0.1, city.lng + 0.1, city.lat + 0.1];
    expect(await ask(dispatcher, 'fleet:watch', { bbox, zoom: 12 })).toMatchObject({
      ok: true,
      vehicles: [],
    });
    const fixes: Fix[] = [];
    for (const fix of live(drive(20, city))) {
      fixes.push(fix);
      expect(await ask(driver, 'fixes', [fix])).toMatchObject({ ok: true, accepted: 1 });
    }
    await expect.poll(() => pushes(rider, 'position').map(({ t }) => t)).toEqual(fixes.map(({ t }) => t));
    await expect
      .poll(() => pushes(dispatcher, 'fleet').at(-1)?.moved[0])
      .toMatchObject({ id: ids.driverId, t: fixes[19]!.t });
    const near = await rest(
      `${system.url}/api/nearby?lat=${city.lat}&lng=${city.lng}&radiusM=1000`,
      'GET',
      service,
    );
    expect(near.body.drivers).toMatchObject([{ driverId: ids.driverId, status: 'busy' }]);
    for (const { socket } of [driver, rider, dispatcher]) socket.disconnect();
  }
  const keys = await Promise.all(cluster.clients.map((client) => client.dbsize()));
  for (const count of keys) expect(count, 'cities spread over the masters').toBeGreaterThan(0);
});

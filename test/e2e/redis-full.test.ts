import { expect } from 'vitest';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import { startSystem } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

test('while Redis is full, nothing is ready, fixes are refused, and watchers learn it', async () => {
  const system = await startSystem({ gateways: 1 });
  try {
    const { redis, gateways, processors, token } = system;
    const urls = [gateways[0]!.url, processors[0]!.ready.url];
    const statuses = () =>
      Promise.all(urls.map(async (url) => (await rest(`${url}/readyz`, 'GET', null)).status));
    const driver = await connectStock(system.url, '/driver', await token('driver', 'full-1'));
    const rider = await connectStock(system.url, '/rider', await token('rider', 'full-2'));
    const states = () => pushes(rider, 'service').map(({ state }) => state);
    const send = () => ask(driver, 'fixes', [{ t: Date.now(), lat: 10.1, lng: 20.1 }]);
    expect(await send()).toMatchObject({ ok: true, accepted: 1 });
    expect(await statuses()).toEqual([200, 200]);

    await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.client.config('SET', 'maxmemory', '1mb');
    await expect.poll(statuses).toEqual([503, 503]);
    expect(await send()).toMatchObject({ ok: false, code: 'UNAVAILABLE', retry: true });
    await expect.poll(states).toEqual(['degraded']);
    const late = await connectStock(system.url, '/rider', await token('rider', 'full-3'));
    await expect.poll(() => pushes(late, 'service')).toEqual([{ state: 'degraded' }]);
    expect(system.front.output()).toContain('Redis is full');

    await redis.client.config('SET', 'maxmemory', '0');
    await expect.poll(statuses).toEqual([200, 200]);
    await expect.poll(states).toEqual(['degraded', 'ok']);
    expect(await send()).toMatchObject({ ok: true, accepted: 1 });
  } finally {
    await system.stop();
  }
});

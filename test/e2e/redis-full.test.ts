import { expect } from 'vitest';
import { RiderClient } from '#sdk';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { startFilterProxy } from '../fixtures/filter-proxy.js';
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
    const events = await openEventStream(`${system.url}/api/stream/feed`, {
      token: await token('rider', 'full-4'),
    });
    const streamed = () =>
      events.events.filter(({ event }) => event === 'service').map(({ data }) => data.state);
    const polled = pollStates(system.url, await token('rider', 'full-5'));
    const proxy = await startFilterProxy(system.url, { socketIo: 'refuse' });
    const overHttp = new RiderClient({ url: proxy.url, token: await token('rider', 'full-6') });
    const seen: string[] = [];
    overHttp.on('service', ({ state }) => seen.push(state));
    await overHttp.connect();
    const everybody = () => [states(), streamed(), polled.states, seen];
    const send = () => ask(driver, 'fixes', [{ t: Date.now(), lat: 10.1, lng: 20.1 }]);
    expect(await send()).toMatchObject({ ok: true, accepted: 1 });
    expect(await statuses()).toEqual([200, 200]);

    await redis.client.config('SET', 'maxmemory-policy', 'noeviction');
    await redis.client.config('SET', 'maxmemory', '1mb');
    await expect.poll(statuses).toEqual([503, 503]);
    expect(await send()).toMatchObject({ ok: false, code: 'UNAVAILABLE', retry: true });
    await expect.poll(everybody).toEqual([['degraded'], ['degraded'], ['degraded'], ['degraded']]);
    const late = await connectStock(system.url, '/rider', await token('rider', 'full-3'));
    await expect.poll(() => pushes(late, 'service')).toEqual([{ state: 'degraded' }]);
    const lateEvents = await openEventStream(`${system.url}/api/stream/feed`, {
      token: await token('rider', 'full-3'),
    });
    await expect
      .poll(() => lateEvents.events.at(-1))
      .toEqual({ event: 'service', data: { state: 'degraded' } });
    lateEvents.close();
    expect(system.front.output()).toContain('Redis is full');

    await redis.client.config('SET', 'maxmemory', '0');
    await expect.poll(statuses).toEqual([200, 200]);
    const both = ['degraded', 'ok'];
    await expect.poll(everybody).toEqual([both, both, both, both]);
    events.close();
    polled.stop();
    overHttp.close();
    await proxy.stop();
    expect(await send()).toMatchObject({ ok: true, accepted: 1 });
  } finally {
    await system.stop();
  }
});

/** Polls for the events of a rider, and collects the states of the service. Each change arrives once, not with every answer. */
function pollStates(url: string, token: string) {
  const states: string[] = [];
  let isOver = false;
  const poll = async () => {
    let after: string | null = null;
    while (!isOver) {
      const { body } = await rest(`${url}/api/poll/feed?after=${after ?? ''}`, 'GET', token);
      for (const { event, data } of body.events) if (event === 'service') states.push(data.state);
      after = body.after;
    }
  };
  void poll();
  return {
    states,
    stop: () => {
      isOver = true;
    },
  };
}

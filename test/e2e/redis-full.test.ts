import type { Redis } from 'ioredis';
import { expect } from 'vitest';

import { indexCell, regionOf } from '#geo/cells';
import { RiderClient } from '#sdk';
import { keys } from '../../libs/store/src/keys.js';
import { ask, connectStock, pushes } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { startFilterProxy } from '../fixtures/filter-proxy.js';
import { metricOf } from '../fixtures/prometheus.js';
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

test('when Redis is nearly full, the oldest tracks are dropped, and fixes, trips and chats go on', async () => {
  const place = { lat: 40.75, lng: -73.99 };
  const system = await startSystem({ gateways: 1 });
  const { client } = system.redis;
  try {
    const region = regionOf(indexCell(place));
    const now = Math.floor(Date.now() / 3_600_000);
    const filler = Buffer.alloc(40_000);
    let drivers = 0;
    /** Adds what some hundred drivers stored in the last four hours, 40 kB per hour. */
    const addTracks = async (count: number) => {
      for (const end = drivers + count; drivers < end; drivers += 1)
        for (let hour = now - 4; hour < now; hour += 1)
          await client.rpush(keys.track(region, `old-${drivers}`, hour), filler);
    };
    const tracksOf = async (hour: number) => (await client.keys(`{*}:track:old-*:${hour}`)).length;
    await addTracks(100);
    const used = Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))![1]);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    await client.config('SET', 'maxmemory', String(Math.round(used * 1.1)));

    const service = await system.token('service', 's');
    const request = { riderId: 'full-r', driverId: 'full-d', pickup: place, dropoff: place };
    const { body: trip } = await rest(`${system.url}/api/trips`, 'POST', service, request);
    const driver = await connectStock(system.url, '/driver', await system.token('driver', 'full-d'));
    const rider = await connectStock(system.url, '/rider', await system.token('rider', 'full-r'));
    expect(await ask(rider, 'trip:watch', { tripId: trip.id })).toMatchObject({ ok: true });
    const sent: number[] = [];
    // Altogether several times the memory that was left.
    for (let n = 0; n < 20; n += 1) {
      await addTracks(3);
      const fix = { t: Date.now(), lat: place.lat, lng: place.lng + n * 1e-5 };
      expect(await ask(driver, 'fixes', [fix])).toMatchObject({ ok: true, accepted: 1 });
      sent.push(fix.t);
      await expect.poll(() => pushes(rider, 'position').at(-1)?.t).toBe(fix.t);
      const say = { tripId: trip.id, id: `m-${n}`, text: 'hi' };
      if (n % 4 === 0) expect(await ask(rider, 'chat:send', say)).toMatchObject({ ok: true });
      await expect.poll(() => shareUsed(client)).toBeLessThan(0.97);
    }
    expect(pushes(rider, 'position').map(({ t }) => t)).toEqual(sent);
    expect(pushes(rider, 'service')).toEqual([]);
    expect(await tracksOf(now - 4)).toBeLessThan(drivers / 2);
    expect(await tracksOf(now - 1)).toBe(drivers);
    const at = { gateways: [system.processors[0]!.ready] };
    expect(await metricOf(at, 'hexfleet_tracks_dropped_total')).toBeGreaterThan(0);
    expect(system.processors[0]!.output()).toMatch(/Redis is nearly full: dropped \d+ hours of tracks/);
    for (const { socket } of [driver, rider]) socket.disconnect();
  } finally {
    await system.stop();
  }
});

async function shareUsed(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)![1]);
  return field('used_memory') / field('maxmemory');
}

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

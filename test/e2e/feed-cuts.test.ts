import { Redis } from 'ioredis';
import { afterAll, describe, type ExpectStatic, type TestContext } from 'vitest';
import { regionAt } from '#geo/cells';
import type { RegionEvent, Trip } from '#protocol';
import { type DispatchClient, HexfleetError, type RiderClient } from '#sdk';
import { openEventStream } from '../fixtures/event-stream.js';
import { type FilterProxy, startFilterProxy } from '../fixtures/filter-proxy.js';
import { Apps, placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const nextPlace = placesFrom(-60);
let regions = 0;
/** Generates places 300 km apart, none of which is in the region of another. */
const nextRegion = () => ({ lat: -60 + 3 * regions++, lng: 120 });
const SLOW = { timeout: 40_000 };

let system: System;
let redis: Redis;
let apps: Apps;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  redis = new Redis(system.redis.url);
  apps = new Apps(system);
});
afterAll(() => {
  apps.closeAll();
  redis.disconnect();
});

/** Starts a proxy for one test, which can cut its clients off. */
async function interruptible(onFinished: TestContext['onTestFinished']): Promise<FilterProxy> {
  const proxy = await startFilterProxy(system.url, {});
  onFinished(() => proxy.stop());
  return proxy;
}

type Cut = {
  name: string;
  /** minimum number of events during the interruption */
  events: number;
  /** actual duration of the interruption */
  lastsMs: number;
  /** simulates the passage of time for the feed `key` */
  expire?: (key: string) => Promise<unknown>;
};

/**
 * The service keeps no timer for disconnected clients. For a feed, ten minutes offline mean the events of that time, here
 * one every six seconds, and the expiry of its key.
 */
const CUTS: Cut[] = [
  { name: '10 seconds', events: 3, lastsMs: 10_000 },
  { name: '10 minutes', events: 100, lastsMs: 0 },
  { name: 'longer than the retention', events: 3, lastsMs: 0, expire: (key) => redis.del(key) },
];

const call = async (method: string, path: string, body?: object) => {
  const answer = await rest(`${system.url}/api/${path}`, method, await system.token('service', 's'), body);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer));
  return answer.body;
};

/** Cuts a client off while `meanwhile` runs, and for at least the duration of the cut. */
async function during(
  expect: ExpectStatic,
  [client, proxy]: [RiderClient | DispatchClient, FilterProxy],
  cut: Cut,
  meanwhile: () => Promise<void>,
) {
  const states: string[] = [];
  (client as RiderClient).on('connection', ({ state }) => states.push(state));
  proxy.update({ line: 'cut' });
  await expect.poll(() => states, SLOW).toContain('offline');
  const from = Date.now();
  await meanwhile();
  await expect.poll(() => Date.now() - from, { timeout: cut.lastsMs + 5_000 }).toBeGreaterThan(cut.lastsMs);
  proxy.update({ line: 'up' });
  await expect.poll(() => states.at(-1), SLOW).toBe('online');
}

/** Creates trips of a rider one after another, each assigned to a driver immediately. */
async function trips(riderId: string, count: number): Promise<Trip[]> {
  const place = nextPlace();
  const over: Trip[] = [];
  for (let n = 0; n < count; n += 1) {
    const request = { riderId, driverId: `${riderId}-driver`, pickup: place, dropoff: place };
    const trip: Trip = await call('POST', 'trips', request);
    over.push(trip, await call('PATCH', `trips/${trip.id}`, { state: 'cancelled' }));
  }
  return over;
}

const named = ({ id, state }: Trip) => `${id} ${state}`;

// These tests mostly wait.
describe.concurrent.each(CUTS)('after an interruption: $name', (cut) => {
  const isRetained = cut.expire === undefined;
  const name = cut.name.replaceAll(' ', '-');
  const feedOf = (riderId: string) => `feed:rider:${riderId}`;

  test('a rider app gets what it missed, once and in order, or reloads its state', async ({
    expect,
    onTestFinished,
  }) => {
    const riderId = `cut-${name}`;
    const proxy = await interruptible(onTestFinished);
    const rider = await apps.rider(riderId, { url: proxy.url });
    const received: Trip[] = [];
    rider.on('trip', (trip) => received.push(trip));
    const [first, ended] = await trips(riderId, 1);
    await expect.poll(() => received.map(named)).toEqual([first, ended].map((trip) => named(trip!)));
    const place = nextPlace();
    const shown: Trip = await call('POST', 'trips', {
      riderId,
      driverId: `${riderId}-driver`,
      pickup: place,
      dropoff: place,
    });
    await rider.watchTrip(shown.id);

    const missed: Trip[] = [];
    await during(expect, [rider, proxy], cut, async () => {
      await cut.expire?.(feedOf(riderId));
      missed.push(await call('PATCH', `trips/${shown.id}`, { state: 'arriving' }));
      if (isRetained) {
        missed.push(await call('PATCH', `trips/${shown.id}`, { state: 'cancelled' }));
        missed.push(...(await trips(riderId, Math.ceil(cut.events / 2))));
      }
    });
    const expected = [first!, ended!, shown, ...missed].map(named);
    await expect.poll(() => received.map(named), SLOW).toEqual(expected);
    const [next] = await trips(`${riderId}-other`, 1);
    expect(received.map(({ id }) => id)).not.toContain(next!.id);
  });

  test('an event stream resumes after its last id, and so does long polling', async ({ expect }) => {
    const riderId = `cut-plain-${name}`;
    const token = await system.token('rider', riderId);
    const url = (node: number, way: string) => `${system.gateways[node]!.url}/api/${way}/feed`;
    const before = await openEventStream(url(0, 'stream'), { token });
    // It starts with the next event.
    await expect.poll(() => before.events.map(({ event }) => event)).toContain('ready');
    await trips(riderId, 1);
    const tripsOf = (events: Array<{ event: string; data: any }>) =>
      events.filter(({ event }) => event === 'trip').map(({ data }) => named(data));
    await expect.poll(() => tripsOf(before.events)).toHaveLength(2);
    const lastEventId = before.events.findLast(({ id }) => id !== undefined)!.id;
    before.close();
    await cut.expire?.(feedOf(riderId));
    const missed = (await trips(riderId, Math.ceil(cut.events / 2))).map(named);

    const after = await openEventStream(url(1, 'stream'), { token, lastEventId });
    const polled = (await rest(`${url(1, 'poll')}?after=${lastEventId}`, 'GET', token)).body;
    if (isRetained) {
      await expect.poll(() => tripsOf(after.events)).toEqual(missed);
      expect(tripsOf(polled.events)).toEqual(missed);
    } else {
      const names = (events: Array<{ event: string }>) => events.map(({ event }) => event);
      await expect.poll(() => names(after.events)).toContain('reset');
      expect(names(polled.events)).toContain('reset');
    }
    const [next] = await trips(riderId, 1);
    await expect.poll(() => tripsOf(after.events).at(-2)).toBe(named(next!));
    expect(new Set(tripsOf(after.events)).size, 'each once').toBe(tripsOf(after.events).length);
    after.close();
  });

  test('a dispatcher gets the region feed once and in order, or reloads the trips', async ({
    expect,
    onTestFinished,
  }) => {
    const place = nextRegion();
    const region = regionAt(place);
    const proxy = await interruptible(onTestFinished);
    const dispatcher = await apps.dispatch(`cut-desk-${name}`, { url: proxy.url });
    const received: string[] = [];
    const lost: string[] = [];
    let reloads = 0;
    dispatcher.on('region:event', ({ event, payload }: RegionEvent) => {
      if (event === 'incident') received.push(payload.text);
    });
    dispatcher.on('region:missed', ({ region }) => lost.push(region));
    dispatcher.on('trips', () => (reloads += 1));
    await dispatcher.watchTrips();
    await dispatcher.watchRegion(region);
    const report = (text: string) => call('POST', 'incidents', { kind: 'other', text, ...place });
    await report('before');
    await expect.poll(() => received).toEqual(['before']);

    const missed = Array.from({ length: cut.events }, (_, n) => `missed ${n}`);
    await during(expect, [dispatcher, proxy], cut, async () => {
      await cut.expire?.(`feed:{${region}}`);
      reloads = 0;
      for (const text of missed) await report(text);
    });
    await report('after');
    await expect.poll(() => received.at(-1), SLOW).toBe('after');
    // Also for a feed that expired and restarted, although earlier events may be missing.
    expect(received).toEqual(['before', ...missed, 'after']);
    expect(lost).toEqual(isRetained ? [] : [region]);
    await expect.poll(() => reloads).toBeGreaterThan(0);
  });
});

test.concurrent('the first event of an empty region feed is delivered even if it happens during an interruption', async ({
  expect,
  onTestFinished,
}) => {
  const place = nextRegion();
  const proxy = await interruptible(onTestFinished);
  const dispatcher = await apps.dispatch('cut-desk-empty', { url: proxy.url });
  const received: RegionEvent[] = [];
  dispatcher.on('region:event', (event) => received.push(event));
  await dispatcher.watchRegion(regionAt(place));
  await during(expect, [dispatcher, proxy], CUTS[1]!, async () => {
    await call('POST', 'incidents', { kind: 'other', text: 'first', ...place });
  });
  await expect.poll(() => received, SLOW).toMatchObject([{ event: 'incident', payload: { text: 'first' } }]);

  // A restarted app resumes as well.
  const other = await apps.dispatch('cut-desk-later');
  const again: string[] = [];
  other.on('region:event', ({ id }) => again.push(id));
  await other.watchRegion(regionAt(place), received[0]!.id);
  await call('POST', 'incidents', { kind: 'other', text: 'second', ...place });
  await expect.poll(() => again).toHaveLength(1);
  await other.unwatchRegion(regionAt(place));
  await expect(other.watchRegion('nowhere')).rejects.toThrow(HexfleetError);
});

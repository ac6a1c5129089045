import { Redis } from 'ioredis';
import { afterAll, afterEach, expect } from 'vitest';
import type { FeedEntry, FeedPart, Trip } from '#protocol';
import { type FeedOwner, Feeds } from '#store';
import { ask, askWrongly, connectStock, type StockClient } from '../fixtures/clients.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/** Retention of feeds by default. */
const FEED_HOURS = 24;

let system: System;
let redis: Redis;
let feeds: Feeds;
const open: StockClient[] = [];

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  redis = new Redis(system.redis.url);
  feeds = new Feeds(redis, FEED_HOURS);
});
afterAll(() => redis.disconnect());
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

/** A client and the feed events that it received. */
async function listen(node: number, role: 'driver' | 'rider', sub: string) {
  const url = system.gateways[node]!.url;
  const connected = await connectStock(url, `/${role}`, await system.token(role, sub));
  open.push(connected);
  const events: Array<{ id: string; event: string; payload: Trip }> = [];
  connected.socket.onAny((event, payload, id) => {
    if (typeof id === 'string') events.push({ id, event, payload });
  });
  const resume = async (after: string | null) =>
    (await ask(connected, 'feed:resume', { after })) as { ok: true } & FeedPart;
  return { ...connected, events, resume };
}

const service = () => system.token('service', 's');
const place = { lat: 40.75, lng: -73.99 };

async function openTrip(riderId: string, driverId: string): Promise<Trip> {
  const request = { riderId, driverId, pickup: place, dropoff: place };
  return (await rest(`${system.url}/api/trips`, 'POST', await service(), request)).body;
}

const change = async ({ id }: Trip, state: string) =>
  rest(`${system.url}/api/trips/${id}`, 'PATCH', await service(), { state });

const states = (entries: Array<Pick<FeedEntry, 'payload'>>) =>
  entries.map(({ payload }) => (payload as Trip).state);
const numbers = (entries: Array<{ id: string }>) => entries.map(({ id }) => Number(id.split('-')[1]));

test('a client that reconnects receives the missed events in order, on any node', async () => {
  const before = await listen(0, 'rider', 'away');
  const trip = await openTrip('away', 'away-driver');
  await change(trip, 'arriving');
  await expect.poll(() => states(before.events)).toEqual(['accepted', 'arriving']);
  expect(numbers(before.events)).toEqual([0, 1]);
  before.socket.disconnect();
  await change(trip, 'arrived');
  await change(trip, 'on_trip');

  const after = await listen(1, 'rider', 'away');
  const { id } = before.events.at(-1)!;
  const missed = await after.resume(id);
  expect(missed).toMatchObject({ ok: true, complete: true });
  expect(states(missed.entries)).toEqual(['arrived', 'on_trip']);
  expect(missed.entries.map(({ event }) => event)).toEqual(['trip', 'trip']);
  await change(trip, 'completed');
  await expect.poll(() => states(after.events)).toEqual(['completed']);
  expect(numbers([...missed.entries, ...after.events])).toEqual([2, 3, 4]);
  expect(await after.resume(after.events[0]!.id)).toMatchObject({ entries: [], complete: true });
  const other = await listen(0, 'rider', 'somebody-else');
  expect(await other.resume(id), 'the feed is the one of the token').toMatchObject({
    entries: [],
    last: '0-0',
  });
});

test('a driver that reconnects after a trip gets its end, without what it saw of the trip before', async () => {
  const { last } = await (await listen(0, 'driver', 'ended-driver')).resume(null);
  const trip = await openTrip('ended-rider', 'ended-driver');
  for (const state of ['arriving', 'arrived', 'on_trip', 'completed']) await change(trip, state);
  const later = await openTrip('ended-rider', 'ended-driver');
  const { entries, complete } = await (await listen(1, 'driver', 'ended-driver')).resume(last);
  expect(complete).toBe(true);
  expect(entries.map(({ payload }) => [(payload as Trip).id, (payload as Trip).state])).toEqual([
    [trip.id, 'completed'],
    [later.id, 'accepted'],
  ]);
  expect(JSON.stringify(entries[0])).not.toContain('ended-rider');
});

test('a new client receives the current feed position and no earlier events', async () => {
  const trip = await openTrip('begins', 'begins-driver');
  const rider = await listen(0, 'rider', 'begins');
  const { entries, last, complete } = await rider.resume(null);
  expect({ entries, complete }).toEqual({ entries: [], complete: true });
  await change(trip, 'cancelled');
  await expect.poll(() => numbers(rider.events)).toEqual([numbers([{ id: last }])[0]! + 1]);
});

test('an expired offer is not replayed', async () => {
  const driver = await listen(0, 'driver', 'late');
  const { last } = await driver.resume(null);
  await feeds.append('driver:late', { event: 'x', payload: {}, expiresAt: null }, Date.now());
  const owner: FeedOwner = 'driver:late';
  await feeds.append(owner, { event: 'offer', payload: {}, expiresAt: Date.now() - 1 }, Date.now());
  await feeds.append(owner, { event: 'offer', payload: {}, expiresAt: Date.now() + 60_000 }, Date.now());
  const first = (await redis.xrange('feed:driver:late', '-', '+'))[0]![0];
  expect(last).toBe('0-0');
  const missed = await driver.resume(first);
  expect(numbers(missed.entries)).toEqual([2]);
  expect(numbers([{ id: missed.last }])).toEqual([2]);
});

test('a client that missed more than is retained, or resumes an expired feed, gets an incomplete response', async () => {
  const rider = await listen(0, 'rider', 'long-away');
  const append = (n: number) =>
    feeds.append('rider:long-away', { event: 'trip', payload: { n }, expiresAt: null }, Date.now());
  const first = await append(0);
  for (let n = 1; n <= 500; n += 1) await append(n);
  expect(await rider.resume(first)).toMatchObject({ complete: true });
  const newest = await append(501);
  expect(await rider.resume(first)).toMatchObject({ entries: [], last: newest, complete: false });
  await redis.del('feed:rider:long-away');
  expect(await rider.resume(newest)).toMatchObject({ entries: [], last: '0-0', complete: false });
  const restartedId = await append(502);
  expect(numbers([{ id: restartedId }])).toEqual([0]);
  expect(await rider.resume(newest), 'numbers of another feed mean nothing').toMatchObject({
    entries: [{ id: restartedId }],
    last: restartedId,
    complete: false,
  });
  await redis.pexpire('feed:rider:long-away', 60_000);
  await rider.resume(restartedId);
  expect(await redis.pttl('feed:rider:long-away'), 'resuming extends its retention').toBeGreaterThan(
    3_000_000,
  );
});

test('a malformed event id is refused', async () => {
  const rider = await listen(0, 'rider', 'wrong');
  for (const after of ['', '-', '1', '1-x', '9'.repeat(30), 5, {}])
    expect(await askWrongly(rider, 'feed:resume', { after })).toMatchObject({
      ok: false,
      code: 'BAD_FEED_ID',
    });
});

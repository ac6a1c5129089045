import { beforeAll, describe, expect } from 'vitest';
import { indexCell, regionOf } from '#geo/cells';
import { type Fix, HOUR_MS, isOpen, MAX_TRACK_FIXES, type Role, type Track, type Trip } from '#protocol';
import { Api } from '#sdk';
import { connect, hourOf, packTrackFix, type TrackFix, Tracks } from '#store';
import { parseTrace } from '../../apps/simulator/src/replay/trace.js';
import { keys } from '../../libs/store/src/keys.js';
import { connectStock, drive, ask as request } from '../fixtures/clients.js';
import { startRedisCluster } from '../fixtures/redis-cluster.js';
import { rest } from '../fixtures/rest.js';
import { fixAt, HERE, REGION } from '../fixtures/stored-track.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const MINUTE = 60_000;
const NEXT_REGION = regionOf(indexCell({ lat: 48.86, lng: 2.35 }));

let system: System;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
});

type Store = {
  rpush(key: string, ...elements: Buffer[]): Promise<number>;
  hset(key: string, card: object): Promise<number>;
};

/** Stores fixes in the given order, as the processor does. */
async function store(
  driverId: string,
  fixes: TrackFix[],
  region = REGION,
  redis: Store = system.redis.client,
) {
  await redis.hset(`driver:${driverId}`, { region });
  for (const fix of fixes) await redis.rpush(keys.track(region, driverId, hourOf(fix.t)), packTrackFix(fix));
}

const trackUrl = (driverId: string, query: Record<string, unknown> = {}) =>
  `${system.url}/api/drivers/${driverId}/track?${new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  )}`;

async function ask(role: Role, sub: string, driverId: string, query: Record<string, unknown> = {}) {
  return rest(trackUrl(driverId, query), 'GET', await system.token(role, sub));
}

const get = async (driverId: string, query: Record<string, unknown>, headers: Record<string, string> = {}) =>
  fetch(trackUrl(driverId, query), {
    headers: { authorization: `Bearer ${await system.token('dispatcher', 'desk')}`, ...headers },
  });

async function openTrip(riderId: string, driverId: string): Promise<Trip> {
  const request = { riderId, driverId, pickup: HERE, dropoff: HERE };
  return (await rest(`${system.url}/api/trips`, 'POST', await system.token('service', 's'), request)).body;
}

/** Moves a trip into the past. */
async function setTimes({ id }: Trip, acceptedAt: number, changedAt: number): Promise<void> {
  const redis = system.redis.client;
  const trip = JSON.parse((await redis.hget(`trip:${id}`, 'trip'))!);
  trip.times.accepted = acceptedAt;
  await redis.hset(`trip:${id}`, 'trip', JSON.stringify({ ...trip, changedAt }));
}

const endTrip = async (trip: Trip): Promise<Trip> => {
  const token = await system.token('service', 's');
  return (await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', token, { state: 'cancelled' })).body;
};

const times = (body: Track) => body.properties.times;

describe('access to a track', () => {
  const now = Date.now();
  const fixes = [50, 40, 30, 20, 10].map((minutes) => fixAt(now - minutes * MINUTE));
  const [, second, third, fourth] = fixes.map(({ t }) => t);
  let trip: Trip;
  beforeAll(async () => {
    await store('t-driver', fixes);
    trip = await openTrip('t-rider', 't-driver');
    await setTimes(trip, second!, second!);
  });

  test('services, dispatchers and the driver see all of the last hour', async () => {
    for (const [role, sub] of [
      ['service', 's'],
      ['dispatcher', 'desk'],
      ['driver', 't-driver'],
    ] as const) {
      const { status, body } = await ask(role, sub, 't-driver');
      expect(status).toBe(200);
      expect(times(body)).toEqual(fixes.map(({ t }) => t));
    }
  });

  test('the rider sees the trip so far while it is open', async () => {
    const { body } = await ask('rider', 't-rider', 't-driver', { tripId: trip.id });
    expect(times(body)).toEqual(fixes.slice(1).map(({ t }) => t));
    expect(body.properties.from).toBe(second);
    expect(body.properties.to).toBeGreaterThanOrEqual(now);
  });

  test('the rider of a finished trip sees it from acceptance to end, whatever time range is requested', async () => {
    expect(isOpen((await endTrip(trip)).state)).toBe(false);
    await setTimes(trip, second!, fourth!);
    const spans = [
      {},
      { from: now - 2 * HOUR_MS, to: now },
      { from: now - 2 * HOUR_MS },
      { to: now + HOUR_MS },
    ];
    for (const span of spans) {
      const { body } = await ask('rider', 't-rider', 't-driver', { tripId: trip.id, ...span });
      expect(times(body)).toEqual([second, third, fourth]);
      expect(body.properties).toMatchObject({ from: second, to: fourth });
    }
    const part = await ask('rider', 't-rider', 't-driver', { tripId: trip.id, from: third, to: third });
    expect(times(part.body)).toEqual([third]);
    for (const outside of [
      { from: fourth! + 1, to: now },
      { from: now - 2 * HOUR_MS, to: second! - 1 },
      { to: second! - 1 },
    ]) {
      const { status, body } = await ask('rider', 't-rider', 't-driver', { tripId: trip.id, ...outside });
      expect(status).toBe(200);
      expect(body.geometry).toBeNull();
    }
    // A dispatcher may request the trip too.
    expect(times((await ask('dispatcher', 'desk', 't-driver', { tripId: trip.id })).body)).toHaveLength(3);
  });

  test('everyone else is refused with an error code', async () => {
    const other = await openTrip('t-other', 't-other-driver');
    const refused = async (role: Role, sub: string, query: Record<string, unknown> = {}) => {
      const { status, body } = await ask(role, sub, 't-driver', query);
      const fields = ['code', 'detail', 'instance', 'message', 'retry', 'status', 'title', 'type'];
      expect(Object.keys(body).sort()).toEqual(fields);
      return [status, body.code];
    };
    expect(await refused('rider', 't-rider')).toEqual([403, 'NOT_YOUR_TRIP']);
    expect(await refused('rider', 't-other', { tripId: trip.id })).toEqual([403, 'NOT_YOUR_TRIP']);
    // A separate trip with another driver.
    expect(await refused('rider', 't-other', { tripId: other.id })).toEqual([403, 'NOT_YOUR_TRIP']);
    expect(await refused('dispatcher', 'desk', { tripId: other.id })).toEqual([403, 'NOT_YOUR_TRIP']);
    expect(await refused('rider', 't-rider', { tripId: 'none' })).toEqual([404, 'NO_SUCH_TRIP']);
    expect(await refused('driver', 't-other-driver')).toEqual([403, 'WRONG_ROLE']);
    expect(await refused('driver', 't-other-driver', { tripId: other.id })).toEqual([403, 'WRONG_ROLE']);
    const anonymous = await rest(trackUrl('t-driver', { tripId: trip.id }), 'GET', null);
    expect(anonymous).toMatchObject({ status: 401, body: { code: 'NO_TOKEN' } });
    const nobody = await ask('dispatcher', 'desk', 'nobody');
    expect(nobody).toMatchObject({ status: 404, body: { code: 'NO_SUCH_DRIVER' } });
  });

  test.each([
    [{ from: 2, to: 1 }, 'BAD_SPAN'],
    [{ from: 0 }, 'BAD_SPAN'],
    [{ from: now - 7 * 24 * HOUR_MS - 1, to: now }, 'BAD_SPAN'],
    [{ from: 'yesterday' }, 'BAD_SPAN'],
    [{ to: 1.5 }, 'BAD_SPAN'],
    [{ to: '' }, 'BAD_SPAN'],
    [{ tripId: 'a b' }, 'BAD_ID'],
    [{ format: 'kml' }, 'BAD_REQUEST'],
  ])('%j is refused', async (query, code) => {
    for (const more of [{}, { tripId: trip.id }]) {
      const { status, body } = await ask('dispatcher', 'desk', 't-driver', { ...more, ...query });
      expect({ status, code: body.code }).toEqual({ status: 400, code });
    }
  });
});

describe('the response', () => {
  const now = Date.now();
  const driverId = 'f:driver';
  const fixes = [fixAt(now - 20 * MINUTE), fixAt(now - 19 * MINUTE), fixAt(now - 10 * MINUTE)];
  const late = fixAt(now - 18 * MINUTE, { late: true, accuracyM: null });
  const span = { from: now - HOUR_MS, to: now };
  beforeAll(() => store(driverId, [...fixes, late, fixes[0]!, late]));

  test('is GeoJSON in order of time, with each fix once and late fixes marked', async () => {
    const response = await get(driverId, span);
    expect(response.headers.get('content-type')).toMatch(/^application\/geo\+json/);
    const inOrder = [fixes[0]!, fixes[1]!, late, fixes[2]!];
    const body = (await response.json()) as Track;
    expect(body).toEqual({
      type: 'Feature',
      geometry: {
        type: 'LineString',
        coordinates: inOrder.map(({ lat, lng }) => [expect.closeTo(lng, 6), expect.closeTo(lat, 6)]),
      },
      properties: {
        driverId,
        ...span,
        distanceM: expect.any(Number),
        fixes: 4,
        truncated: false,
        next: null,
        times: inOrder.map(({ t }) => t),
        headings: [90, 90, 90, 90],
        speedsMps: [8.5, 8.5, 8.5, 8.5],
        late: [2],
      },
    });
    const api = new Api({ url: system.url, token: await system.token('dispatcher', 'desk') });
    expect(await api.track(driverId, span)).toEqual(body);
    expect((await api.track(driverId)).properties.fixes).toBe(4);
    expect((await api.track(driverId, { from: now - 15 * MINUTE })).geometry?.type).toBe('Point');
    expect((await api.track(driverId, { to: now - HOUR_MS })).geometry).toBeNull();
  });

  test.each([
    ['the format parameter', { format: 'gpx' }, {}],
    ['the Accept header', {}, { accept: 'application/gpx+xml' }],
    ['the preferred type in Accept', {}, { accept: 'application/json;q=0.5, application/gpx+xml' }],
  ])('is GPX when requested by %s, and can be replayed', async (_, query, headers) => {
    const response = await get(driverId, { ...span, ...query }, headers);
    expect(response.headers.get('content-type')).toMatch(/^application\/gpx\+xml/);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="track-f_driver.gpx"');
    const text = await response.text();
    expect(text.match(/<trkseg>/g)).toHaveLength(2);
    expect(parseTrace('track.gpx', Buffer.from(text)).points.map(({ t }) => t)).toEqual(
      [fixes[0]!, fixes[1]!, late, fixes[2]!].map(({ t }) => t),
    );
  });

  test.each([
    ['the format parameter', { format: 'geojson' }, { accept: 'application/gpx+xml' }],
    ['the Accept header', {}, { accept: 'application/geo+json' }],
    ['a wildcard Accept header', {}, { accept: '*/*' }],
  ])('is GeoJSON when requested by %s', async (_, query, headers) => {
    const response = await get(driverId, query, headers);
    expect(response.headers.get('content-type')).toMatch(/^application\/geo\+json/);
  });
});

describe('a track query', () => {
  const now = Date.now();

  test('covers every region the driver was in and every retained hour', async () => {
    const there = [
      fixAt(now - 25 * HOUR_MS),
      fixAt(now - 23 * HOUR_MS),
      fixAt(now - 9 * HOUR_MS),
      fixAt(now - 2 * HOUR_MS),
    ];
    const here = [fixAt(now - 8 * HOUR_MS), fixAt(now - 2 * HOUR_MS), fixAt(now - 1_000), fixAt(now)];
    await store('w-driver', there, NEXT_REGION);
    await store('w-driver', here);
    await system.redis.client.hset('driver:w-driver', { [`region:${NEXT_REGION}`]: now - 9 * HOUR_MS });
    const { body } = await ask('service', 's', 'w-driver', { from: now - 30 * HOUR_MS, to: now - 1 });
    // Older than 24 hours, outside the range, and a time stored once in each of two regions.
    expect(times(body)).toEqual(
      [23 * HOUR_MS, 9 * HOUR_MS, 8 * HOUR_MS, 2 * HOUR_MS, 1_000].map((age) => now - age),
    );
  });

  test('is limited to the oldest fixes, and says that there are more', async () => {
    const tracks = new Tracks(system.redis.client, 24);
    const hour = hourOf(now) - 3;
    const start = hour * HOUR_MS;
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => packTrackFix(fixAt(from + i)));
    const { client } = system.redis;
    await client.hset('driver:b-driver', { region: REGION });
    await client.rpush(`{${REGION}}:track:b-driver:${hour}`, ...many(start, 60_000));
    await client.rpush(`{${REGION}}:track:b-driver:${hour + 1}`, ...many(start + HOUR_MS, 40_000));
    const full = await tracks.read('b-driver', { from: start, to: now });
    expect(full).toMatchObject({ truncated: false, fixes: { length: MAX_TRACK_FIXES } });

    await client.rpush(`{${REGION}}:track:b-driver:${hour + 2}`, ...many(start + 2 * HOUR_MS, 3));
    const over = await tracks.read('b-driver', { from: start, to: now });
    expect(over).toMatchObject({ truncated: true, fixes: { length: MAX_TRACK_FIXES } });
    const last = over!.fixes.at(-1)!.t;
    expect(last).toBe(start + HOUR_MS + 39_999);
    const rest = await tracks.read('b-driver', { from: last + 1, to: now });
    expect(rest).toMatchObject({ truncated: false, fixes: { length: 3 } });
  });

  test('returns the latest fixes when requested, in order of time', async () => {
    const tracks = new Tracks(system.redis.client, 24);
    const start = hourOf(now) * HOUR_MS;
    const latest = async (count: number, at: number) =>
      (await tracks.latest('l-driver', count, at)).map(({ t }) => t - start);
    expect(await latest(5, now)).toEqual([]);
    await store('l-driver', [fixAt(start - HOUR_MS - 1), fixAt(start - 4), fixAt(start - 2)], NEXT_REGION);
    await store('l-driver', [
      fixAt(start + 3),
      fixAt(start + 2, { late: true }),
      fixAt(start + 3),
      fixAt(start + 5),
    ]);
    await system.redis.client.hset('driver:l-driver', { [`region:${NEXT_REGION}`]: start });
    expect(await latest(2, start + 6)).toEqual([3, 5]);
    expect(await latest(4, start + 6)).toEqual([-2, 2, 3, 5]);
    expect(await latest(100, start + 6)).toEqual([-4, -2, 2, 3, 5]);
    expect(await latest(100, start + HOUR_MS)).toEqual([2, 3, 5]);
    expect(await latest(100, start + 2 * HOUR_MS)).toEqual([]);
  });

  test('returns the same on a Redis Cluster', async () => {
    const cluster = await startRedisCluster();
    const redis = connect(cluster.url, 'waiting', () => {});
    await store('c-driver', [fixAt(now - 5 * HOUR_MS), fixAt(now - HOUR_MS)], NEXT_REGION, redis as Store);
    await store('c-driver', [fixAt(now)], REGION, redis as Store);
    await redis.hset('driver:c-driver', { [`region:${NEXT_REGION}`]: now });
    const part = await new Tracks(redis, 24).read('c-driver', { from: now - 24 * HOUR_MS, to: now });
    expect(part?.fixes.map(({ t }) => t)).toEqual([now - 5 * HOUR_MS, now - HOUR_MS, now]);
    expect((await new Tracks(redis, 24).latest('c-driver', 1)).map(({ t }) => t)).toEqual([now]);
    redis.disconnect();
    await cluster.stop();
  });
});

test('a track has the accepted and late fixes once each, and no jumps and no fixes sent while offline', async () => {
  const sub = 't-way';
  const driver = await connectStock(system.gateways[0]!.url, '/driver', await system.token('driver', sub));
  const fixes = drive(12).map((fix) => ({ ...fix, accuracyM: 3 }));
  const { t, lat, lng } = fixes[11]!;
  const send = (...some: Fix[]) => request(driver, 'fixes', some);
  const [late] = fixes.splice(4, 1);
  await send(...fixes.slice(0, 6));
  await send(fixes[5]!, ...fixes.slice(6), late!);
  await send({ t: t + 1, lat: lat + 1, lng });
  const storedFixes = async () => (await ask('service', 's', sub)).body.properties?.fixes;
  await expect.poll(storedFixes).toBe(12);
  const { body }: { body: Track } = await ask('service', 's', sub);
  expect(times(body)).toEqual(drive(12, undefined, t).map((fix) => fix.t));
  expect(body.properties.late).toEqual([4]);
  // Eleven steps of 8.4 m, counted in pairs, above the receiver noise at that accuracy.
  expect(body.properties.distanceM).toBeCloseTo(84.3, 0);

  await request(driver, 'status', 'offline');
  await send({ t: t + 1_000, lat, lng });
  await request(driver, 'status', 'available');
  await send({ t: t + 2_000, lat, lng });
  await expect.poll(storedFixes).toBe(13);
  driver.socket.disconnect();
});

import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { afterEach, describe, expect } from 'vitest';
import { driverRoom, type Role, type ShareEnd, type ShareLink, type Trip } from '#protocol';
import { Hub } from '#realtime';
import { Api } from '#sdk';
import { keys } from '../../libs/store/src/keys.js';
import { ask, connectStock, type StockClient } from '../fixtures/clients.js';
import { type EventClient, openEventStream } from '../fixtures/event-stream.js';
import { eventually } from '../fixtures/eventually.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const HERE = { lat: 40.75, lng: -73.99 };
const THERE = { lat: 40.7543, lng: -73.9876 };
const POSITION_KEYS = ['heading', 'lat', 'lng', 'receivedAt', 'speedMps', 't'];
const ETA_KEYS = ['at', 'by', 'distanceM', 'durationS', 'to'];
const PATIENT = { timeout: 20_000 };

let system: System;
const streams: EventClient[] = [];
const drivers: StockClient[] = [];

test.beforeAll(async ({ system: shared }) => {
  system = shared;
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
  for (const { socket } of drivers.splice(0)) socket.disconnect();
});

const urlOf = (node: number) => system.gateways[node]!.url;

const call = async (role: Role, sub: string, method: string, path: string, body?: unknown, node = 0) =>
  rest(`${urlOf(node)}/api/trips${path}`, method, await system.token(role, sub), body);

async function driverAt(driverId: string, place = HERE): Promise<StockClient> {
  const driver = await connectStock(urlOf(0), '/driver', await system.token('driver', driverId));
  drivers.push(driver);
  await ask(driver, 'fixes', [{ t: Date.now(), ...place }]);
  return driver;
}

/** Creates a trip of a rider, optionally with a driver who has accepted. */
async function openTrip(name: string, driverId?: string): Promise<Trip> {
  const request = { riderId: `share-${name}-rider`, driverId, pickup: HERE, dropoff: THERE };
  return (await call('service', 's', 'POST', '', request)).body;
}

const go = (trip: Trip, state: Trip['state'], driverId?: string) =>
  call('service', 's', 'PATCH', `/${trip.id}`, { state, driverId });

const share = (trip: Trip, body?: object, node = 0) =>
  call('rider', trip.riderId, 'POST', `/${trip.id}/share`, body, node);

const linkTo = async (trip: Trip): Promise<ShareLink> => (await share(trip)).body;

async function follow({ token }: Pick<ShareLink, 'token'>, node = 0): Promise<EventClient> {
  const stream = await openEventStream(`${urlOf(node)}/api/share/${token}/events`);
  streams.push(stream);
  return stream;
}

const openLink = ({ token }: Pick<ShareLink, 'token'>, node = 0) =>
  rest(`${urlOf(node)}/api/share/${token}`, 'GET', null);

const eventsOf = (stream: EventClient, event: string) =>
  stream.events.filter((item) => item.event === event).map(({ data }) => data);

async function expectEnd(stream: EventClient, reason: ShareEnd['reason']): Promise<void> {
  await expect.poll(() => stream.isOver(), PATIENT).toBe(true);
  expect(stream.events.at(-1)).toEqual({ event: 'end', data: { reason } });
  expect(eventsOf(stream, 'end')).toHaveLength(1);
}

test('a link created again with the same idempotency key is the same link, and stays revoked', async () => {
  const trip = await openTrip('again');
  const other = await openTrip('again-other');
  const create = async ({ id, riderId }: Trip, key: string, body: object, node = 0) =>
    rest(`${urlOf(node)}/api/trips/${id}/share`, 'POST', await system.token('rider', riderId), body, key);
  const both = await Promise.all([create(trip, 'k', { ttlS: 600 }, 0), create(trip, 'k', { ttlS: 600 }, 1)]);
  expect(both[1]).toEqual(both[0]);
  expect(both[0]!.status).toBe(201);
  const link: ShareLink = both[0]!.body;
  expect(link.token).toMatch(/^[\w-]{32}$/);
  expect((await openLink(link)).status).toBe(200);
  expect((await create(trip, 'another', { ttlS: 600 })).body.token).not.toBe(link.token);
  expect((await create(other, 'k', { ttlS: 600 })).body.token).not.toBe(link.token);
  expect((await create(trip, 'k', { ttlS: 601 })).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  expect((await call('rider', trip.riderId, 'DELETE', `/${trip.id}/share`)).status).toBe(200);
  expect((await create(trip, 'k', { ttlS: 600 })).body).toEqual(link);
  expect((await openLink(link)).body.code).toBe('LINK_EXPIRED_OR_REVOKED');
});

const VEHICLE = { make: 'Toyota', model: 'Corolla', colour: 'white', plate: 'SEE 1' };
const PROFILE = { name: 'Rosa Meyer', photoUrl: 'https://photos.example/rosa.jpg', vehicle: VEHICLE };
/** The driver as a link shows it. */
const SHOWN = { firstName: 'Rosa', photoUrl: PROFILE.photoUrl, vehicle: VEHICLE };

describe('a visitor with a share link', () => {
  test('sees the car, its ETA and the end of the trip on each node, and nothing else', async () => {
    const trip = await openTrip('see');
    const { body: link, status } = await share(trip);
    expect(status).toBe(201);
    expect(link).toEqual({
      token: expect.stringMatching(/^[\w-]{32}$/),
      url: `/share/${link.token}`,
      expiresAt: expect.any(Number),
    });
    const both = await Promise.all([follow(link, 0), follow(link, 1)]);
    for (const stream of both)
      await expect
        .poll(() => stream.events)
        .toEqual([{ event: 'state', data: { state: 'requested', driver: null } }]);
    expect((await openLink(link)).body).toEqual({
      state: 'requested',
      position: null,
      eta: null,
      pickup: null,
      dropoff: null,
      driver: null,
    });

    await rest(
      `${system.url}/api/drivers/share-see-driver`,
      'PUT',
      await system.token('service', 's'),
      PROFILE,
    );
    const driver = await driverAt('share-see-driver');
    expect((await go(trip, 'accepted', 'share-see-driver')).status).toBe(200);
    for (const stream of both) {
      await expect.poll(() => eventsOf(stream, 'position').at(-1), PATIENT).toMatchObject(HERE);
      await expect.poll(() => eventsOf(stream, 'eta').at(-1), PATIENT).toMatchObject({ to: 'pickup' });
    }
    const t = Date.now();
    await ask(driver, 'fixes', [{ t, lat: HERE.lat + 0.0001, lng: HERE.lng }]);
    for (const stream of both)
      await expect
        .poll(() => eventsOf(stream, 'position').at(-1))
        .toMatchObject({ t, lat: HERE.lat + 0.0001 });
    const { body: seen } = await openLink(link, 1);
    expect(Object.keys(seen).sort()).toEqual(['driver', 'dropoff', 'eta', 'pickup', 'position', 'state']);
    expect(Object.keys(seen.position).sort()).toEqual(POSITION_KEYS);
    expect(Object.keys(seen.eta).sort()).toEqual(ETA_KEYS);
    expect(seen).toMatchObject({
      state: 'accepted',
      position: { t },
      eta: { to: 'pickup', by: 'straight_line' },
    });
    expect(seen.driver).toEqual(SHOWN);

    for (const state of ['arriving', 'arrived', 'on_trip'] as const) await go(trip, state);
    await expect.poll(() => eventsOf(both[1], 'eta').at(-1), PATIENT).toMatchObject({ to: 'dropoff' });
    await go(trip, 'completed');
    for (const stream of both) {
      await expectEnd(stream, 'completed');
      expect(new Set(stream.events.map(({ event }) => event))).toEqual(
        new Set(['state', 'position', 'eta', 'end']),
      );
      for (const data of eventsOf(stream, 'position'))
        expect(Object.keys(data).sort()).toEqual(POSITION_KEYS);
      for (const data of eventsOf(stream, 'eta')) expect(Object.keys(data).sort()).toEqual(ETA_KEYS);
      expect(eventsOf(stream, 'state')).toEqual(
        ['requested', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed'].map((state, i) => ({
          state,
          driver: i === 0 || state === 'completed' ? null : SHOWN,
        })),
      );
      for (const secret of [
        trip.id,
        'share-see-rider',
        'share-see-driver',
        'Meyer',
        String(THERE.lat),
        String(THERE.lng),
      ])
        expect(stream.text()).not.toContain(secret);
    }
    expect((await openLink(link)).body, 'of a trip that is over').toEqual({
      state: 'completed',
      position: null,
      eta: null,
      pickup: null,
      dropoff: null,
      driver: null,
    });
    const late = await follow(link);
    await expectEnd(late, 'completed');
    expect(late.events).toHaveLength(2);
  });

  test('receives no position older than the last one, and none of another driver', async () => {
    await driverAt('share-new-driver');
    const trip = await openTrip('new', 'share-new-driver');
    const stream = await follow(await linkTo(trip), 1);
    await expect.poll(() => eventsOf(stream, 'position'), PATIENT).toHaveLength(1);
    const [first] = eventsOf(stream, 'position');
    const hub = new Hub(system.redis.url, () => {});
    hub.attach(new Server(createServer(), { adapter: hub.adapter }));
    hub.server.of('/rider');
    await eventually(() =>
      hub.subscribed('/rider', []).then(
        () => true,
        () => false,
      ),
    );
    const room = { namespace: '/rider', room: driverRoom('share-new-driver') } as const;
    for (const change of [
      { t: first.t - 1 },
      { t: first.t },
      { t: first.t + 5, driverId: 'other' },
      { t: first.t + 9 },
    ])
      hub.emit(room, 'position', { driverId: 'share-new-driver', ...first, ...change });
    await expect.poll(() => eventsOf(stream, 'position').at(-1)).toEqual({ ...first, t: first.t + 9 });
    expect(eventsOf(stream, 'position')).toHaveLength(2);
    hub.close();
    await go(trip, 'cancelled');
    await expectEnd(stream, 'cancelled');
  });
});

describe('a share link', () => {
  test('that is revoked ends its streams immediately on each node, and other links continue', async () => {
    const trip = await openTrip('rev');
    const [one, two] = [await linkTo(trip), await linkTo(trip)];
    const [first, second] = [await follow(one, 1), await follow(two, 1)];
    await expect.poll(() => [...first.events, ...second.events]).toHaveLength(2);
    const own = await system.token('rider', trip.riderId);
    const api = new Api({ url: urlOf(0), token: own });
    await api.revokeShares(trip.id, one.token);
    // Sooner than the periodic check every ten seconds.
    await expect.poll(() => first.isOver(), { timeout: 5_000 }).toBe(true);
    await expectEnd(first, 'revoked');
    expect(second.isOver()).toBe(false);
    expect(await openLink(one, 1)).toMatchObject({
      status: 410,
      body: { code: 'LINK_EXPIRED_OR_REVOKED', retry: false },
    });
    const refused = await fetch(`${urlOf(0)}/api/share/${one.token}/events`);
    expect(refused.status).toBe(410);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await refused.json()).toMatchObject({ code: 'LINK_EXPIRED_OR_REVOKED' });

    const three = await api.shareTrip(trip.id, { ttlS: 60 });
    const third = await follow(three, 0);
    await expect.poll(() => third.events).toHaveLength(1);
    await api.revokeShares(trip.id);
    for (const stream of [second, third]) await expectEnd(stream, 'revoked');
    for (const link of [one, two, three])
      expect((await openLink(link)).body.code).toBe('LINK_EXPIRED_OR_REVOKED');
    await go(trip, 'cancelled');
  });

  test('ends its streams when it expires, and when the notification of its revocation was lost', async () => {
    const trip = await openTrip('exp');
    const { redis } = system;
    const [one, two] = [await linkTo(trip), await linkTo(trip)];
    const ofTwo = await follow(two, 1);
    await expect.poll(() => ofTwo.events).toHaveLength(1);
    const members = await redis.client.zrange(keys.links(trip.id), '0', '-1');
    for (const digest of members) {
      await redis.client.zadd(keys.links(trip.id), Date.now() + 2_000, digest);
    }
    const ofOne = await follow(one);
    expect(ofOne.events.length).toBeLessThan(2);
    await expectEnd(ofOne, 'expired');
    expect((await openLink(one)).body).toMatchObject({ code: 'LINK_EXPIRED_OR_REVOKED' });
    // This link was created for four hours.
    await expectEnd(ofTwo, 'revoked');
    await go(trip, 'cancelled');
  });

  test('lasts four hours or as long as requested, and a trip has ten at most', async () => {
    const trip = await openTrip('ten');
    const before = Date.now();
    const first = await linkTo(trip);
    expect(first.expiresAt - before - 4 * 3_600_000).toBeLessThan(60_000);
    expect(first.expiresAt).toBeGreaterThanOrEqual(before + 4 * 3_600_000);
    for (const ttlS of [59, 86_401, 60.5, '60', null])
      expect(await share(trip, { ttlS })).toMatchObject({ status: 400, body: { code: 'BAD_TTL' } });
    const more = await Promise.all(Array.from({ length: 12 }, (_, i) => share(trip, { ttlS: 60 }, i % 2)));
    expect(more.filter(({ status }) => status === 201)).toHaveLength(9);
    expect(more.find(({ status }) => status !== 201)).toMatchObject({
      status: 409,
      body: { code: 'TOO_MANY_LINKS' },
    });
    await call('rider', trip.riderId, 'DELETE', `/${trip.id}/share/${first.token}`);
    expect((await share(trip)).status).toBe(201);
    await go(trip, 'cancelled');
    expect(await share(trip)).toMatchObject({ status: 410, body: { code: 'TRIP_OVER' } });
  });

  test('can be followed by twenty visitors at once across nodes', async () => {
    const trip = await openTrip('many');
    const link = await linkTo(trip);
    for (let i = 0; i < 20; i += 1) expect((await follow(link, i % 2)).status).toBe(200);
    const refused = await rest(`${urlOf(1)}/api/share/${link.token}/events`, 'GET', null);
    expect(refused).toMatchObject({ status: 429, body: { code: 'TOO_MANY_FOLLOWERS', retry: true } });
    expect((await openLink(link)).status).toBe(200);
    streams.pop()!.close();
    await expect.poll(async () => (await follow(link, 1)).status, PATIENT).toBe(200);
    await go(trip, 'cancelled');
    for (const stream of streams.filter(({ status }) => status === 200))
      await expect.poll(() => stream.isOver()).toBe(true);
  });

  test('allows a burst of sixty requests, independently of other links', async () => {
    const [busy, other] = [await linkTo(await openTrip('often')), await linkTo(await openTrip('seldom'))];
    const openLink = ({ token }: ShareLink) => rest(`${urlOf(0)}/api/share/${token}`, 'GET', null);
    const codes = (await Promise.all(Array.from({ length: 200 }, () => openLink(busy)))).map(
      ({ status, body }) => body.code ?? status,
    );
    expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(60);
    expect(new Set(codes)).toEqual(new Set([200, 'RATE_LIMITED']));
    expect((await openLink(other)).status).toBe(200);
  });

  test('is stored only as a hash, and everything about it expires', async () => {
    const trip = await openTrip('hash');
    const { token } = await linkTo(trip);
    const stream = await follow({ token });
    await expect.poll(() => stream.events).toHaveLength(1);
    const { client } = system.redis;
    const all = await client.keys('*');
    expect(all.join()).not.toContain(token);
    const values = await Promise.all(
      all.filter((key) => key.startsWith('link:')).map((key) => client.get(key)),
    );
    expect(values).toContain(trip.id);
    expect(await client.zrange(keys.links(trip.id), '0', '-1')).not.toContain(token);
    for (const key of all.filter((key) => /^link:|\}:links$|\}:followers:/.test(key)))
      expect(await client.pttl(key), key).toBeGreaterThan(0);
    await go(trip, 'cancelled');
  });
});

test('every forbidden request is refused with its code', async () => {
  const trip = await openTrip('no');
  const other = await openTrip('no-other');
  const { token } = await linkTo(trip);
  const as = async (role: Role, sub: string, method: string, path: string) =>
    (await call(role, sub, method, `/${trip.id}/share${path}`)).body.code;
  for (const [method, path] of [
    ['POST', ''],
    ['DELETE', ''],
    ['DELETE', `/${token}`],
  ] as const) {
    expect(await as('rider', 'share-no-other-rider', method, path)).toBe('NOT_YOUR_TRIP');
    expect(await as('driver', 'share-no-driver', method, path)).toBe('WRONG_ROLE');
    expect(await as('dispatcher', 'desk', method, path)).toBe('WRONG_ROLE');
    expect((await rest(`${system.url}/api/trips/${trip.id}/share${path}`, method, null)).body.code).toBe(
      'NO_TOKEN',
    );
  }
  const foreign = await call('rider', other.riderId, 'DELETE', `/${other.id}/share/${token}`);
  expect(foreign, 'a link of another trip').toMatchObject({ status: 404, body: { code: 'NO_SUCH_LINK' } });
  expect((await call('service', 's', 'POST', '/no-such/share')).body.code).toBe('NO_SUCH_TRIP');
  expect((await openLink({ token })).status, 'it still holds').toBe(200);
  const guesses = ['A'.repeat(32), token.slice(1), `${token}A`, '..%2F..%2Fhealthz', trip.id];
  for (const guess of guesses)
    for (const path of ['', '/events'])
      expect(await rest(`${system.url}/api/share/${guess}${path}`, 'GET', null), guess).toMatchObject({
        status: 404,
        body: { code: 'NO_SUCH_LINK', retry: false },
      });
  for (const { id } of [trip, other]) await call('service', 's', 'PATCH', `/${id}`, { state: 'cancelled' });
});

import { afterEach, describe, expect } from 'vitest';
import type { PlacedCar, Role, Trip } from '#protocol';
import { ask, beyond, connectStock, drive, driveUpTo, type StockClient } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PLACE = { lat: 40.75, lng: -73.99 };

let system: System;
const closing: Array<() => void> = [];

test.beforeAll(async ({ system: shared }) => {
  system = shared;
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const service = () => system.token('service', 's');

async function stream(node: number, role: Role, sub: string, path: string, after?: string) {
  const url = `${system.gateways[node]!.url}/api/stream/${path}`;
  const opened = await openEventStream(url, { token: await system.token(role, sub), lastEventId: after });
  closing.push(opened.close);
  return opened;
}

async function poll(node: number, role: Role, sub: string, path: string, after: string | null = null) {
  const mark = path.includes('?') ? '&' : '?';
  const url = `${system.gateways[node]!.url}/api/poll/${path}${mark}after=${after ?? ''}`;
  return (await rest(url, 'GET', await system.token(role, sub))).body as {
    events: Array<{ event: string; data: any; id: string | null }>;
    after: string | null;
  };
}

async function driverOf(driverId: string): Promise<StockClient> {
  const driver = await connectStock(system.url, '/driver', await system.token('driver', driverId));
  closing.push(() => driver.socket.disconnect());
  return driver;
}

async function openTrip(riderId: string, driverId: string): Promise<Trip> {
  const request = { riderId, driverId, pickup: PLACE, dropoff: PLACE };
  return (await rest(`${system.url}/api/trips`, 'POST', await service(), request)).body;
}

const change = async ({ id }: Trip, state: string) =>
  rest(`${system.url}/api/trips/${id}`, 'PATCH', await service(), { state });

const named = (events: Array<{ event: string; data: any }>, name: string) =>
  events.filter(({ event }) => event === name).map(({ data }) => data);

describe('server-sent events', () => {
  test('a trip stream has its changes, driver positions from another node and the end, and nothing of other trips', async () => {
    const trip = await openTrip('e-rider', 'e-driver');
    const other = await openTrip('e-other', 'e-other-driver');
    const [driver, otherDriver] = [await driverOf('e-driver'), await driverOf('e-other-driver')];
    const { events, isOver } = await stream(1, 'rider', 'e-rider', `trip/${trip.id}`);
    await expect.poll(() => named(events, 'trip')).toMatchObject([{ id: trip.id, state: 'accepted' }]);
    const fixes = drive(3);
    await ask(driver, 'fixes', fixes);
    await ask(otherDriver, 'fixes', drive(3));
    await expect.poll(() => named(events, 'position').map(({ t }) => t)).toEqual(fixes.map(({ t }) => t));
    await change(trip, 'arriving');
    await change(trip, 'cancelled');
    await expect.poll(isOver).toBe(true);
    expect(named(events, 'trip').map(({ state }) => state)).toEqual(['accepted', 'arriving', 'cancelled']);
    expect(named(events, 'end')).toEqual([{ reason: 'cancelled' }]);
    expect(JSON.stringify(events)).not.toContain('e-other');
    expect(JSON.stringify(events)).not.toContain('asked');
    await change(other, 'cancelled');
    const again = await stream(0, 'rider', 'e-rider', `trip/${trip.id}`);
    await expect.poll(again.isOver).toBe(true);
    expect(
      again.events.map(({ event }) => event),
      'a late subscriber receives the end',
    ).toEqual(['trip', 'end']);
  });

  test('a feed resumes after the last event id, on any node', async () => {
    const first = await stream(0, 'rider', 'f-rider', 'feed');
    await expect.poll(() => first.events.map(({ event }) => event)).toEqual(['ready']);
    const trip = await openTrip('f-rider', 'f-driver');
    await expect.poll(() => named(first.events, 'trip')).toMatchObject([{ state: 'accepted' }]);
    const { id } = first.events.find(({ event }) => event === 'trip')!;
    first.close();
    await change(trip, 'arriving');
    const second = await stream(1, 'rider', 'f-rider', 'feed', id!);
    await change(trip, 'cancelled');
    await expect
      .poll(() => named(second.events, 'trip').map(({ state }) => state))
      .toEqual(['arriving', 'cancelled']);
  });

  test('nearby cars arrive as a snapshot, then as changes', async () => {
    const place = { lat: 41, lng: -73 };
    const driver = await driverOf('n-driver');
    await ask(driver, 'fixes', driveUpTo(place));
    const query = `nearby?lat=${place.lat}&lng=${place.lng}&radiusM=1000`;
    const token = await system.token('rider', 'n-rider');
    const nearby = () => rest(`${system.url}/api/${query}&limit=5`, 'GET', token);
    await expect.poll(async () => (await nearby()).body.cars.length).toBe(1);
    const { events } = await stream(0, 'rider', 'n-rider', query);
    await expect.poll(() => named(events, 'snapshot')).toMatchObject([{ cars: [{ heading: null }] }]);
    const moved = async () => {
      await ask(driver, 'fixes', [{ t: Date.now(), ...beyond(place) }]);
      return named(events, 'cars').flatMap(({ moved }) => moved);
    };
    await expect.poll(async () => (await moved()).length).toBeGreaterThan(0);
    const [{ cars }] = named(events, 'snapshot') as [{ cars: PlacedCar[] }];
    expect((await moved())[0]!.id).toBe(cars[0]!.id);
    expect((await nearby()).body.cars[0].id, 'the stream is a session of its own').not.toBe(cars[0]!.id);
    expect(JSON.stringify(events)).not.toContain('n-driver');
  });
});

describe('long polling', () => {
  test('a trip is followed from one response to the next', async () => {
    const trip = await openTrip('p-rider', 'p-driver');
    const driver = await driverOf('p-driver');
    const seen: string[] = [];
    let after: string | null = null;
    const follow = async () => {
      while (!seen.includes('end')) {
        const answer = await poll(seen.length % 2, 'rider', 'p-rider', `trip/${trip.id}`, after);
        after = answer.after;
        for (const { event, data } of answer.events) seen.push(event === 'trip' ? data.state : event);
      }
    };
    const following = follow();
    await expect.poll(() => seen).toEqual(['accepted']);
    await ask(driver, 'fixes', drive(1));
    await expect.poll(() => seen).toContain('position');
    await change(trip, 'arriving');
    await expect.poll(() => seen).toContain('arriving');
    await change(trip, 'cancelled');
    await following;
    expect(seen.filter((what) => what === 'accepted')).toHaveLength(1);
    expect(seen.slice(-2)).toEqual(['cancelled', 'end']);
  });

  test('changes to nearby cars between two polls arrive with the next poll', async () => {
    const place = { lat: 43, lng: -73 };
    const driver = await driverOf('pn-driver');
    await ask(driver, 'fixes', driveUpTo(place));
    const query = `nearby?lat=${place.lat}&lng=${place.lng}&radiusM=1000`;
    const cars = async () => (await poll(0, 'rider', 'pn-rider', query)).events[0]!.data.cars;
    await expect.poll(async () => (await cars()).length).toBe(1);
    const { after } = await poll(0, 'rider', 'pn-rider', query);
    await ask(driver, 'status', 'offline');
    await expect.poll(async () => (await cars()).length).toBe(0);
    const { events } = await poll(1, 'rider', 'pn-rider', query, after);
    expect(events.at(-1)).toMatchObject({ event: 'snapshot', data: { cars: [] } });
  });

  test('a feed returns the events since the last poll', async () => {
    const { events, after } = await poll(0, 'rider', 'pf-rider', 'feed');
    expect(events.map(({ event }) => event)).toEqual(['ready']);
    const trip = await openTrip('pf-rider', 'pf-driver');
    const { events: first, after: place } = await poll(1, 'rider', 'pf-rider', 'feed', after);
    expect(named(first, 'trip'), 'into a feed that was empty').toMatchObject([{ state: 'accepted' }]);
    await change(trip, 'arriving');
    await change(trip, 'cancelled');
    const missed = await poll(1, 'rider', 'pf-rider', 'feed', place);
    expect(named(missed.events, 'trip').map(({ state }) => state)).toEqual(['arriving', 'cancelled']);
  });
});

describe('a driver without a socket', () => {
  const send = async (method: string, path: string, body: unknown, sub = 'h-driver') =>
    rest(`${system.url}/api/${path}`, method, await system.token('driver', sub), body);

  test('sends fixes and status updates, and gets the same responses as over a socket', async () => {
    const fixes = drive(2, { lat: 42, lng: -73 });
    expect(await send('POST', 'fixes', [...fixes, { t: 1, lat: 42, lng: -73 }])).toEqual({
      status: 200,
      body: { accepted: 2, rejected: [{ index: 2, code: 'TIME_TOO_OLD', message: expect.any(String) }] },
    });
    const driver = async () =>
      (await rest(`${system.url}/api/drivers/h-driver`, 'GET', await service())).body;
    await expect.poll(driver).toMatchObject({ status: 'available', position: { t: fixes[1]!.t } });
    expect(await send('PUT', 'status', { status: 'busy' })).toEqual({ status: 200, body: {} });
    await expect.poll(driver).toMatchObject({ status: 'busy' });
    expect((await send('POST', 'fixes', [])).body.code).toBe('BAD_BATCH');
    expect((await send('PUT', 'status', { status: 'asleep' })).body.code).toBe('BAD_STATUS');
    const rider = await system.token('rider', 'h-rider');
    expect((await rest(`${system.url}/api/fixes`, 'POST', rider, fixes)).body.code).toBe('WRONG_ROLE');
  });

  test('receives the current trip, counts as present, and can request missed events', async () => {
    const trip = await openTrip('g-rider', 'g-driver');
    const { events } = await stream(0, 'driver', 'g-driver', 'feed');
    // An estimate may follow at once.
    await expect
      .poll(() => events.map(({ event }) => event).slice(0, 3))
      .toEqual(['ready', 'trip', 'presence']);
    expect(events[0]!.data).toMatchObject({ node: system.gateways[0]!.node });
    expect(named(events, 'trip')).toMatchObject([{ id: trip.id, state: 'accepted' }]);
    const presence = async () =>
      (await rest(`${system.url}/api/users/g-driver/presence`, 'GET', await service())).body;
    await expect.poll(presence).toMatchObject({ online: true, connections: [{ namespace: '/driver' }] });
    const first = events[0]!.id;
    await change(trip, 'arriving');
    await change(trip, 'cancelled');
    const { body } = await send('GET', `feed?after=${first}`, undefined, 'g-driver');
    expect(body.entries.map((entry: any) => entry.payload.state)).toEqual(['cancelled']);
    expect(body).toMatchObject({ complete: true, last: body.entries[0].id });
  });
});

test('every unauthorized read is refused with its code', async () => {
  const trip = await openTrip('stream-x-rider', 'stream-x-driver');
  const code = async (role: Role | null, sub: string, path: string) => {
    const token = role === null ? null : await system.token(role, sub);
    return (await rest(`${system.url}/api/${path}`, 'GET', token)).body.code;
  };
  for (const transport of ['stream', 'poll']) {
    expect(await code(null, '', `${transport}/trip/${trip.id}`)).toBe('NO_TOKEN');
    expect(await code('rider', 'stream-x-other', `${transport}/trip/${trip.id}`)).toBe('NOT_YOUR_TRIP');
    expect(await code('driver', 'stream-x-driver', `${transport}/trip/${trip.id}`)).toBe('WRONG_ROLE');
    expect(await code('rider', 'stream-x-rider', `${transport}/trip/none`)).toBe('NO_SUCH_TRIP');
    expect(await code('dispatcher', 'desk', `${transport}/feed`)).toBe('WRONG_ROLE');
    expect(await code('rider', 'stream-x-rider', `${transport}/feed?after=x`)).toBe('BAD_FEED_ID');
    expect(await code('driver', 'stream-x', `${transport}/nearby?lat=1&lng=1&radiusM=5`)).toBe('WRONG_ROLE');
    expect(await code('rider', 'stream-x', `${transport}/nearby?lat=1&lng=1&radiusM=0`)).toBe('BAD_RADIUS');
  }
  await change(trip, 'cancelled');
});

test('streams are limited per user and end when the token expires', async () => {
  const opened = await Promise.all(Array.from({ length: 12 }, () => stream(0, 'rider', 'many', 'feed')));
  expect(opened.filter(({ status }) => status === 200)).toHaveLength(10);
  expect(opened.filter(({ status }) => status === 429)).toHaveLength(2);
  opened.find(({ status }) => status === 200)!.close();
  await expect.poll(async () => (await stream(0, 'rider', 'many', 'feed')).status).toBe(200);

  const url = `${system.gateways[0]!.url}/api/stream/feed`;
  const short = await openEventStream(url, { token: await system.token('rider', 'short', '4s') });
  closing.push(short.close);
  await expect.poll(short.isOver).toBe(true);
});

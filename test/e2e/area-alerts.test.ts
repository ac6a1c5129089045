import { afterEach, expect } from 'vitest';
import { regionAt } from '#geo/cells';
import type { Role } from '#protocol';
import { Api, type AreaAlert, DispatchClient, RiderClient } from '#sdk';
import { ask, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { Apps, north } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/** Places of this file, in regions of their own. */
const HERE = { lat: 21.3, lng: -157.85 };
const CAMPUS = { lat: 19.7, lng: -155.08 };
const FAR = { lat: 10.5, lng: 123.9 };

let system: System;
let apps: Apps;
const open: Array<{ close(): void }> = [];

test.beforeAll(({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
});
afterEach(async () => {
  await apps.closeAll();
  for (const one of open.splice(0)) one.close();
});

const inMs = (ms: number) => Date.now() + ms;
const urlOf = (node: number) => system.gateways[node]!.url;
const apiOf = async (role: Role, sub: string) =>
  new Api({ url: urlOf(1), token: await system.token(role, sub) });

async function stock(
  node: number,
  role: 'rider' | 'driver' | 'dispatcher',
  sub: string,
  claims: object = {},
): Promise<StockClient> {
  const namespace = role === 'dispatcher' ? '/dispatch' : `/${role}`;
  const client = await connectStock(urlOf(node), namespace, await system.token(role, sub, '1h', claims));
  open.push({ close: () => client.socket.disconnect() });
  return client;
}

async function riderAt(
  node: number,
  sub: string,
  place: typeof HERE,
  claims: object = {},
): Promise<StockClient> {
  const client = await stock(node, 'rider', sub, claims);
  await ask(client, 'nearby:watch', { ...place, radiusM: 500 });
  return client;
}

/** Connects a driver and waits until it is on the map. */
async function driverAt(
  node: number,
  sub: string,
  place: typeof HERE,
  claims: object = {},
): Promise<StockClient> {
  const client = await stock(node, 'driver', sub, claims);
  await ask(client, 'status', 'available');
  await ask(client, 'fixes', [{ t: Date.now(), ...place }]);
  const service = await apiOf('service', 's');
  await expect
    .poll(() =>
      service.driver(sub).then(
        ({ status }) => status,
        () => null,
      ),
    )
    .toBe('available');
  return client;
}

const texts = (client: StockClient) => pushes(client, 'area:alert').map(({ text }) => text);

test('an alert reaches the riders and drivers in its area on every gateway once, and nobody else', async () => {
  const edge = north(HERE, 1_500);
  const inside = [
    await riderAt(0, 'aa-rider-0', HERE),
    await riderAt(1, 'aa-rider-1', north(HERE, 900)),
    await driverAt(0, 'aa-driver-0', HERE),
    await driverAt(1, 'aa-driver-1', north(HERE, -900)),
  ];
  const unwatched = await riderAt(0, 'aa-unwatched', HERE);
  await ask(unwatched, 'nearby:unwatch', {});
  const outside = [
    await riderAt(0, 'aa-rider-edge', edge),
    await driverAt(1, 'aa-driver-edge', edge),
    await stock(1, 'rider', 'aa-nowhere'),
    unwatched,
  ];
  const dispatcher = await apiOf('dispatcher', 'aa-lin');
  const alert = {
    area: { ...HERE, radiusM: 1_000 },
    audience: ['riders' as const, 'drivers' as const],
    text: ' The bridge is closed ',
    expiresAt: inMs(600_000),
  };
  const sent = await dispatcher.sendAlert(alert, { idempotencyKey: 'aa-bridge' });
  expect(await dispatcher.sendAlert(alert, { idempotencyKey: 'aa-bridge' })).toEqual(sent);
  for (const client of inside) await expect.poll(() => texts(client)).toEqual(['The bridge is closed']);
  expect(pushes(inside[0]!, 'area:alert')[0]).toEqual({
    id: sent.id,
    text: 'The bridge is closed',
    at: sent.at,
    expiresAt: alert.expiresAt,
  });
  // Only for riders, everywhere around: it comes after the first one to those outside, who did not get that.
  await dispatcher.sendAlert({
    ...alert,
    area: { ...HERE, radiusM: 5_000 },
    audience: ['riders'],
    text: 'second',
  });
  await expect.poll(() => texts(outside[0]!)).toEqual(['second']);
  for (const client of inside.slice(0, 2))
    await expect.poll(() => texts(client)).toEqual(['The bridge is closed', 'second']);
  for (const client of inside.slice(2)) expect(texts(client)).toEqual(['The bridge is closed']);
  for (const client of outside.slice(1)) expect(texts(client)).toEqual([]);
  const reached = async () => (await dispatcher.alerts()).find(({ id }) => id === sent.id)?.reached;
  await expect.poll(reached).toEqual({ riders: 2, drivers: 2, dispatchers: 0 });
  const [entry] = (await dispatcher.audit({ limit: 1_000 }))
    .filter(({ by, action }) => by === 'aa-lin' && !action.endsWith(':view'))
    .reverse();
  expect(entry).toMatchObject({ action: 'alert:send', role: 'dispatcher', text: 'The bridge is closed' });
});

test('a rider in a car gets the alerts of the place where the car is', async () => {
  const driver = await apps.driverAt('aa-car', CAMPUS);
  const rider = await apps.rider('aa-passenger');
  const received: AreaAlert[] = [];
  rider.on('area:alert', (alert) => received.push(alert));
  const offer = driver.once('offer');
  const trip = await rider.requestTrip({ pickup: CAMPUS, dropoff: north(CAMPUS, 2_000) });
  await offer;
  const accepted = rider.once('position');
  await driver.accept(trip.id);
  await accepted;
  const service = await apiOf('service', 'aa-service');
  await service.sendAlert({
    area: { bbox: [CAMPUS.lng - 0.01, CAMPUS.lat - 0.01, CAMPUS.lng + 0.01, CAMPUS.lat + 0.01] },
    audience: ['riders'],
    text: 'lava',
    expiresAt: inMs(60_000),
  });
  await expect.poll(() => received.map(({ text }) => text)).toEqual(['lava']);
  await rider.cancelTrip(trip.id);
});

test('an alert waits for those who come later, but not after its expiry, and the sdk emits it once', async () => {
  const place = { lat: 22.1, lng: -159.5 };
  const service = await apiOf('service', 'aa-service');
  const region = regionAt(place);
  const short = await service.sendAlert({
    region,
    audience: ['riders'],
    text: 'short',
    expiresAt: inMs(2_000),
  });
  await service.sendAlert({
    region,
    audience: ['riders', 'drivers'],
    text: 'long',
    expiresAt: inMs(600_000),
  });
  await expect.poll(() => Date.now() > short.expiresAt, { timeout: 5_000 }).toBe(true);
  const rider = new RiderClient({ url: urlOf(0), token: await system.token('rider', 'aa-late') });
  open.push(rider);
  const received: string[] = [];
  rider.on('area:alert', ({ text }) => received.push(text));
  await rider.connect();
  await rider.watchNearby({ ...place, radiusM: 500 });
  await expect.poll(() => received).toEqual(['long']);
  const driver = await driverAt(1, 'aa-late-driver', place);
  driver.socket.disconnect();
  const again = await stock(0, 'driver', 'aa-late-driver');
  await expect.poll(() => texts(again)).toEqual(['long']);
  // The same rider connects again: its gateway sends it again, and the sdk knows it.
  rider.close();
  await rider.connect();
  const raw = await riderAt(1, 'aa-late', place);
  await expect.poll(() => texts(raw)).toEqual(['long']);
  await rider.watchNearby({ ...place, radiusM: 600 });
  expect(received).toEqual(['long']);
});

test('dispatchers who watch the region get the alert from its feed and the number of users reached', async () => {
  const place = { lat: 20.8, lng: -156.3 };
  const region = regionAt(place);
  const board = new DispatchClient({ url: urlOf(1), token: await system.token('dispatcher', 'aa-board') });
  open.push(board);
  const events: string[] = [];
  const numbers: object[] = [];
  board.on('region:event', ({ event, payload }) =>
    events.push(`${event} ${'text' in payload ? payload.text : ''}`),
  );
  board.on('area:reached', ({ reached }) => numbers.push(reached));
  await board.connect();
  await board.watchRegion(region);
  const elsewhere = await stock(0, 'dispatcher', 'aa-elsewhere');
  await ask(elsewhere, 'region:watch', { region: regionAt(FAR) });
  await riderAt(0, 'aa-seen-0', place);
  await riderAt(1, 'aa-seen-1', place);
  const service = await apiOf('service', 'aa-service');
  const polygon = [
    north(place, -2_000),
    { ...place, lng: place.lng + 0.02 },
    north(place, 2_000),
    { ...place, lng: place.lng - 0.02 },
  ];
  const audience = ['riders' as const, 'dispatchers' as const];
  await service.sendAlert({ area: { polygon }, audience, text: 'parade', expiresAt: inMs(60_000) });
  await expect.poll(() => events).toEqual(['area:alert parade']);
  await expect.poll(() => numbers.at(-1)).toEqual({ riders: 2, drivers: 0, dispatchers: 1 });
  expect(texts(elsewhere)).toEqual([]);
});

test('a client without a socket gets an alert with the stream of cars nearby, and one that polls gets it once', async () => {
  const place = { lat: 19.1, lng: -155.9 };
  const token = await system.token('rider', 'aa-stream');
  const query = `lat=${place.lat}&lng=${place.lng}&radiusM=500`;
  const stream = await openEventStream(`${urlOf(0)}/api/stream/nearby?${query}`, { token });
  open.push(stream);
  await expect.poll(() => stream.events.map(({ event }) => event)).toContain('snapshot');
  const service = await apiOf('service', 'aa-service');
  await service.sendAlert({
    region: regionAt(place),
    audience: ['riders'],
    text: 'swell',
    expiresAt: inMs(60_000),
  });
  const alerts = () => stream.events.filter(({ event }) => event === 'area:alert');
  await expect.poll(() => alerts().map(({ data }) => (data as AreaAlert).text)).toEqual(['swell']);
  const poll = async () => {
    const polling = await system.token('rider', 'aa-poll');
    const { body } = await rest(`${urlOf(1)}/api/poll/nearby?${query}`, 'GET', polling);
    return (body.events as Array<{ event: string }>).map(({ event }) => event);
  };
  // It may arrive before the cars are read; they are then in the next answer.
  expect(await poll()).toContain('area:alert');
  expect(await poll()).toEqual(['snapshot']);
});

test.each([
  ['both an area and a region', { region: regionAt(HERE) }, 'BAD_AREA'],
  ['an area of no kind', { area: { radiusM: 5 } }, 'BAD_AREA'],
  ['an area that is too large', { area: { bbox: [-20, 30, 20, 60] } }, 'AREA_TOO_LARGE'],
  ['no audience', { audience: [] }, 'BAD_REQUEST'],
  ['no visible text', { text: ' ' }, 'EMPTY_TEXT'],
  ['a time that has passed', { expiresAt: 1 }, 'BAD_EXPIRY'],
  ['a time that is too far ahead', { expiresAt: inMs(90_000_000) }, 'BAD_EXPIRY'],
])('an alert with %s is refused', async (_, change, code) => {
  const valid = { area: { ...FAR, radiusM: 10 }, audience: ['riders'], text: 'x', expiresAt: inMs(1_000) };
  const token = await system.token('service', 'aa-service');
  const { body } = await rest(`${urlOf(0)}/api/alerts`, 'POST', token, { ...valid, ...change });
  expect(body.code).toBe(code);
});

test('a withdrawn alert is removed from the apps that have it, and nobody receives it any more', async () => {
  const place = { lat: 13.45, lng: 144.78 };
  const dispatcher = await apiOf('dispatcher', 'aa-withdrawer');
  const region = regionAt(place);
  const board = new DispatchClient({ url: urlOf(0), token: await system.token('dispatcher', 'aa-board') });
  open.push(board);
  const events: Array<[string, string]> = [];
  board.on('region:event', ({ event, payload }) => {
    if (event === 'area:alert' || event === 'area:withdrawn') events.push([event, payload.id]);
  });
  await board.connect();
  const before = await board.watchRegion(region);
  const here = [
    await riderAt(0, 'aa-w-rider', place),
    await riderAt(1, 'aa-w-other', place),
    await driverAt(1, 'aa-w-driver', place),
  ];
  const alert = { area: { ...place, radiusM: 500 }, text: 'flood', expiresAt: inMs(60_000) };
  const { id } = await dispatcher.sendAlert({ ...alert, audience: ['riders', 'drivers'] });
  for (const client of here) await expect.poll(() => texts(client)).toEqual(['flood']);
  await dispatcher.withdrawAlert(id);
  // Clients that connect are sent every withdrawal, also those of other files.
  const withdrawn = (client: StockClient) => pushes(client, 'area:withdrawn').filter((one) => one.id === id);
  for (const client of here) await expect.poll(() => withdrawn(client)).toEqual([{ id }]);
  await expect
    .poll(() => events)
    .toEqual([
      ['area:alert', id],
      ['area:withdrawn', id],
    ]);
  expect(await dispatcher.alerts()).not.toContainEqual(expect.objectContaining({ id }));
  const withdrawals = (await dispatcher.audit()).filter(({ action }) => action === 'alert:withdraw');
  expect(withdrawals[0]).toMatchObject({ text: 'flood' });
  await expect(dispatcher.withdrawAlert(id)).rejects.toMatchObject({ code: 'NO_SUCH_ALERT' });

  const late = await riderAt(1, 'aa-w-rider', place);
  // It may have the alert from its earlier connection.
  await expect.poll(() => withdrawn(late)).toEqual([{ id }]);
  expect(texts(late)).toEqual([]);
  const feed = await ask(await stock(1, 'dispatcher', 'aa-late'), 'region:watch', { region, after: before });
  expect((feed as { entries: Array<{ event: string }> }).entries.map(({ event }) => event)).toEqual([
    'area:withdrawn',
  ]);
});

test('only dispatchers and services send alerts and read them, and each of them at most 60 an hour', async () => {
  const alert = { area: { ...FAR, radiusM: 10 }, audience: ['riders'], text: 'x', expiresAt: inMs(1_000) };
  for (const role of ['rider', 'driver'] as const) {
    const token = await system.token(role, 'aa-nobody');
    for (const [method, path, sent] of [
      ['POST', '', alert],
      ['GET', '', undefined],
      ['DELETE', '/some', undefined],
    ] as const)
      expect((await rest(`${urlOf(0)}/api/alerts${path}`, method, token, sent)).body.code).toBe('WRONG_ROLE');
  }
  const token = await system.token('dispatcher', 'aa-eager');
  const send = () => rest(`${urlOf(0)}/api/alerts`, 'POST', token, { ...alert, expiresAt: inMs(5_000) });
  for (let n = 0; n < 60; n += 1) expect((await send()).status).toBe(201);
  expect((await send()).body.code).toBe('RATE_LIMITED');
});

test('an alert of a fleet reaches its users only, and other fleets neither see nor withdraw it', async () => {
  const red = { fleet: 'aa-red' };
  const blue = { fleet: 'aa-blue' };
  const ours = [
    await riderAt(0, 'aa-red-rider', CAMPUS, red),
    await driverAt(1, 'aa-red-driver', CAMPUS, red),
  ];
  const others = [
    await riderAt(1, 'aa-blue-rider', CAMPUS, blue),
    await driverAt(0, 'aa-blue-driver', CAMPUS, blue),
    await riderAt(0, 'aa-no-fleet', CAMPUS),
  ];
  const region = regionAt(CAMPUS);
  const desks = await Promise.all(
    [red, blue].map(async (claims) => {
      const name = `${claims.fleet}-desk`;
      const desk = await stock(0, 'dispatcher', name, claims);
      await ask(desk, 'region:watch', { region, after: null });
      const token = await system.token('dispatcher', name, '1h', claims);
      return { desk, api: new Api({ url: urlOf(1), token }) };
    }),
  );
  const [redDesk, blueDesk] = desks as [(typeof desks)[0], (typeof desks)[0]];
  const sent = await redDesk.api.sendAlert({
    area: { ...CAMPUS, radiusM: 1_000 },
    audience: ['riders', 'drivers', 'dispatchers'],
    text: 'only ours',
    expiresAt: inMs(600_000),
  });
  for (const client of [...ours, redDesk.desk]) await expect.poll(() => texts(client)).toContain('only ours');
  const reached = async () => (await redDesk.api.alerts()).find(({ id }) => id === sent.id)?.reached;
  await expect.poll(reached).toEqual({ riders: 1, drivers: 1, dispatchers: 1 });
  expect(JSON.stringify(await blueDesk.api.alerts())).not.toContain('only ours');
  await expect(blueDesk.api.withdrawAlert(sent.id)).rejects.toMatchObject({ code: 'NOT_IN_SCOPE' });
  await redDesk.api.withdrawAlert(sent.id);
  for (const client of ours)
    await expect.poll(() => pushes(client, 'area:withdrawn')).toContainEqual({ id: sent.id });
  for (const client of [...others, blueDesk.desk])
    expect(JSON.stringify(client.received)).not.toContain(sent.id);
});

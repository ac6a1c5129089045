import { afterAll, describe, expect } from 'vitest';
import { regionAt } from '#geo/cells';
import { type CellCount, type FleetAlerts, type RequestOf, ROLES, type Role, type Trip } from '#protocol';
import { REST, type RouteName } from '#protocol/docs';
import { partOf, WIRE } from '#protocol/wire';
import { askWrongly, connectStock, driveUpTo, pushes, type StockClient } from '../fixtures/clients.js';
import { openEventStream } from '../fixtures/event-stream.js';
import { eventually } from '../fixtures/eventually.js';
import { placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/**
 * Two fleets and two regions: what happens here belongs to the fleet `am-red` and the first region. Every route and request is
 * tried with every role, and with dispatchers of the other fleet and the other region. The rows are those of the tables that
 * define the wire, so that a new route without a row fails.
 */
const place = placesFrom(-52, 40)();
const region = regionAt(place);
const ELSEWHERE = regionAt({ lat: 52, lng: 40 });
const BOX = [place.lng - 0.05, place.lat - 0.05, place.lng + 0.05, place.lat + 0.05];

/**
 * - `refused`: NOT_IN_SCOPE
 * - `filtered`: answered, with nothing of the fleet or the region
 * - `open`: not limited
 */
type Outcome = 'refused' | 'filtered' | 'open';
type Row = { path: string; body?: unknown; fleet: Outcome; region: Outcome };

const both = (path: string, outcome: Outcome, body?: unknown): Row => ({
  path,
  body,
  fleet: outcome,
  region: outcome,
});
const ofRegion = (path: string): Row => ({ path, fleet: 'open', region: 'refused' });
const PROFILE = {
  name: 'Ada',
  vehicle: { make: 'Toyota', model: 'Corolla', colour: 'red', plate: 'AM 1' },
};
const DRAFT = `zones/${region}/draft`;
const ALERT = { region, audience: ['riders'], text: 'hi', expiresAt: Date.now() + 3_600_000 };

/** Routes for dispatchers or services, by their names in the table. */
const ROUTES: Partial<Record<RouteName, Row>> = {
  // A trip for the own fleet is allowed anywhere, but not with the driver of another one.
  'POST /api/trips': both('trips', 'refused', {
    riderId: 'am-new',
    driverId: 'am-red-driver',
    pickup: place,
    dropoff: place,
  }),
  'GET /api/trips': both('trips', 'filtered'),
  'GET /api/trips/:id': both('trips/:trip', 'refused'),
  'PATCH /api/trips/:id': both('trips/:trip', 'refused', { state: 'cancelled' }),
  'GET /api/trips/:id/route': both('trips/:trip/route', 'refused'),
  'GET /api/trips/:id/summary': both('trips/:trip/summary', 'refused'),
  'POST /api/trips/:id/share': both('trips/:trip/share', 'refused', {}),
  'DELETE /api/trips/:id/share': both('trips/:trip/share', 'refused'),
  'DELETE /api/trips/:id/share/:token': both(`trips/:trip/share/${'a'.repeat(32)}`, 'refused'),
  'GET /api/stream/trip/:id': both('stream/trip/:trip', 'refused'),
  'GET /api/poll/trip/:id': both('poll/trip/:trip', 'refused'),
  'GET /api/nearby': both(`nearby?lat=${place.lat}&lng=${place.lng}&radiusM=5000`, 'filtered'),
  'GET /api/fleet': both(`fleet?bbox=${BOX}`, 'filtered'),
  'GET /api/fleet/history': both(`fleet/history?bbox=${BOX}`, 'filtered'),
  'GET /api/drivers/:id': both('drivers/am-red-driver', 'refused'),
  'PUT /api/drivers/:id': both('drivers/am-red-driver', 'refused', PROFILE),
  'GET /api/drivers/:id/log': both('drivers/am-red-driver/log', 'refused'),
  'GET /api/drivers/:id/position': both('drivers/am-red-driver/position', 'refused'),
  'GET /api/drivers/:id/track': both('drivers/am-red-driver/track', 'refused'),
  'POST /api/drivers/:id/offline': both('drivers/am-red-driver/offline', 'refused'),
  'GET /api/nodes': both('nodes', 'refused'),
  'GET /api/audit': both('audit', 'refused'),
  'GET /api/clock': both('clock', 'open'),
  'GET /api/users/:id/presence': both('users/am-red-driver/presence', 'refused'),
  'DELETE /api/users/:id/connections': both('users/am-red-rider/connections?role=rider', 'refused'),
  'GET /api/users/:id/data': both('users/am-red-rider/data', 'refused'),
  'DELETE /api/users/:id/data': both('users/am-red-rider/data', 'refused'),
  'POST /api/users/:id/notices': both('users/am-red-rider/notices', 'refused', { role: 'rider', text: 'hi' }),
  'POST /api/incidents': {
    path: 'incidents',
    body: { kind: 'other', ...place },
    fleet: 'open',
    region: 'refused',
  },
  // An alert of a fleet goes to its own users.
  'POST /api/alerts': { path: 'alerts', body: ALERT, fleet: 'open', region: 'refused' },
  'DELETE /api/alerts/:id': both('alerts/:alert', 'refused'),
  'GET /api/alerts': both('alerts', 'filtered'),
  // The streets are everybody's.
  'GET /api/places': both(`places?q=a&lat=${place.lat}&lng=${place.lng}`, 'open'),
  'GET /api/places/nearest': both(`places/nearest?lat=${place.lat}&lng=${place.lng}&use=pickup`, 'open'),
  // The caller's own.
  'GET /api/push': both('push', 'open'),
  'PUT /api/push/settings': both('push/settings', 'open', { off: [], previews: false }),
  'PUT /api/push/devices/:id': both('push/devices/am-device', 'open', {}),
  'DELETE /api/push/devices/:id': both('push/devices/am-device', 'open'),
  'GET /api/service': ofRegion(`service?lat=${place.lat}&lng=${place.lng}`),
  'GET /api/zones': { path: 'zones', fleet: 'open', region: 'filtered' },
  'GET /api/zones/:region': ofRegion(`zones/${region}`),
  'GET /api/zones/:region/draft': ofRegion(DRAFT),
  'POST /api/zones/:region/draft': both(DRAFT, 'refused', { type: 'FeatureCollection', features: [] }),
  'DELETE /api/zones/:region/draft/locks/:zoneId': both(`${DRAFT}/locks/a`, 'refused'),
  'GET /api/zones/:region/comparison': ofRegion(`zones/${region}/comparison`),
  'GET /api/zones/:region/versions': ofRegion(`zones/${region}/versions`),
  'POST /api/zones/:region/versions': both(`zones/${region}/versions`, 'refused', {}),
  'GET /api/zones/:region/versions/:version': ofRegion(`zones/${region}/versions/1`),
  'GET /api/zones/:region/queues/:zoneId': ofRegion(`zones/${region}/queues/a`),
};

/** Requests of `/dispatch`, by their names in the table. */
const NO_BYTES = Uint8Array.of(0);
const REQUESTS: Partial<Record<string, { payload: unknown; fleet: Outcome; region: Outcome }>> = {
  clock: { payload: null, fleet: 'open', region: 'open' },
  token: { payload: {}, fleet: 'open', region: 'open' },
  'fleet:watch': { payload: { bbox: BOX, zoom: 12 }, fleet: 'filtered', region: 'filtered' },
  'fleet:search': { payload: {}, fleet: 'filtered', region: 'filtered' },
  'driver:watch': { payload: { driverId: 'am-red-driver' }, fleet: 'refused', region: 'refused' },
  'driver:unwatch': { payload: { driverId: 'am-red-driver' }, fleet: 'open', region: 'open' },
  'trips:watch': { payload: null, fleet: 'filtered', region: 'filtered' },
  'trips:history': { payload: {}, fleet: 'filtered', region: 'filtered' },
  'region:watch': { payload: { region }, fleet: 'filtered', region: 'refused' },
  'region:unwatch': { payload: { region }, fleet: 'open', region: 'open' },
  'crossings:watch': { payload: { region }, fleet: 'filtered', region: 'refused' },
  'crossings:unwatch': { payload: { region }, fleet: 'open', region: 'open' },
  'alerts:watch': { payload: null, fleet: 'filtered', region: 'filtered' },
  'alerts:mark': { payload: { ids: ['a'], as: 'taken' }, fleet: 'filtered', region: 'filtered' },
  'zones:open': {
    payload: { region, clientId: 7, stateVector: NO_BYTES },
    fleet: 'open',
    region: 'refused',
  },
  // Only of a draft that is open, which it never is for dispatchers of other regions.
  'zones:update': { payload: { region, update: NO_BYTES }, fleet: 'refused', region: 'open' },
  'zones:awareness': { payload: { region, update: NO_BYTES }, fleet: 'open', region: 'open' },
  'zones:close': { payload: { region }, fleet: 'open', region: 'open' },
  // Off in this installation, for everybody.
  'chat:history': { payload: { tripId: 'a' }, fleet: 'open', region: 'open' },
  // Last, because they end what the others have begun.
  'fleet:unwatch': { payload: null, fleet: 'open', region: 'open' },
  'alerts:unwatch': { payload: null, fleet: 'open', region: 'open' },
  'trips:unwatch': { payload: null, fleet: 'open', region: 'open' },
};

const LIMITS = { fleet: { fleet: 'am-blue' }, region: { regions: [ELSEWHERE] } } as const;
type Limit = keyof typeof LIMITS;
const OURS = { fleet: 'am-red', regions: [region] };

let system: System;
let trip: Trip;
let alertId: string;
const clients: StockClient[] = [];

async function connect(namespace: string, role: Role, sub: string, claims: object): Promise<StockClient> {
  const client = await connectStock(system.url, namespace, await system.token(role, sub, '1h', claims));
  clients.push(client);
  return client;
}
const east = (metres: number) => ({ lat: place.lat, lng: place.lng + metres / 70_000 });
const drive = (driver: StockClient, metresEast = 0) =>
  askWrongly(driver, 'fixes', [{ t: Date.now(), ...east(metresEast) }]);

test.beforeAll(async ({ system: shared }) => {
  system = shared;
  const service = await system.token('service', 'am-service');
  const pastRider = await system.token('rider', 'am-red-past', '1h', { fleet: 'am-red' });
  const past = await rest(`${system.url}/api/trips`, 'POST', pastRider, { pickup: place, dropoff: place });
  await rest(`${system.url}/api/trips/${past.body.id}`, 'PATCH', service, { state: 'cancelled' });
  const ours = await system.token('dispatcher', 'am-own', '1h', OURS);
  const alert = { ...ALERT, text: 'am-red only' };
  alertId = (await rest(`${system.url}/api/alerts`, 'POST', ours, alert)).body.id;
  // The driver of the other fleet is at the pick-up; that of the rider's fleet has to come.
  for (const [i, fleet] of ['blue', 'red'].entries()) {
    const driver = await connect('/driver', 'driver', `am-${fleet}-driver`, { fleet: `am-${fleet}` });
    await askWrongly(driver, 'status', 'available');
    await askWrongly(driver, 'fixes', driveUpTo(east(i * 300)));
  }
  const found = async () => {
    const path = `nearby?lat=${place.lat}&lng=${place.lng}&radiusM=1000`;
    return (await rest(`${system.url}/api/${path}`, 'GET', service)).body.drivers.length === 2;
  };
  await eventually(found);
  const rider = await system.token('rider', 'am-red-rider', '1h', { fleet: 'am-red' });
  const request = { pickup: place, dropoff: place };
  trip = (await rest(`${system.url}/api/trips`, 'POST', rider, request)).body;
});
afterAll(() => {
  for (const { socket } of clients) socket.disconnect();
});

const namesOf = (table: object) => Object.keys(table).sort();
const isForStaff = (role: Role) => role === 'dispatcher' || role === 'service';
const methodOf = (name: string) => name.split(' ')[0]!;
const guarded = Object.entries(REST).flatMap(([name, { roles }]) =>
  roles === null ? [] : [{ name, roles }],
);

async function call(name: string, role: Role, claims: object, userId = `am-${role}`) {
  const row = ROUTES[name as RouteName];
  const path =
    row?.path.replace(':trip', trip.id).replace(':alert', alertId) ??
    name.split('/api/')[1]!.replaceAll(/:\w+/g, 'a');
  const token = await system.token(role, userId, '1h', claims);
  const response = await fetch(`${system.url}/api/${path}`, {
    method: methodOf(name),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(row?.body === undefined ? {} : { body: JSON.stringify(row.body) }),
  });
  const text = await response.text();
  const code = response.ok ? null : (JSON.parse(text) as { code: string }).code;
  return { status: response.status, text, code };
}

test('every route for dispatchers or services and every request of dispatch has a row', () => {
  const routes = guarded.filter(({ roles }) => roles.some(isForStaff)).map(({ name }) => name);
  expect(namesOf(ROUTES)).toEqual(routes.sort());
  expect(namesOf(REQUESTS)).toEqual(namesOf(WIRE['/dispatch'].requests));
});

describe.each(guarded)('$name', ({ name, roles }) => {
  test('is refused to every other role', async () => {
    for (const role of ROLES.filter((each) => !roles.includes(each)))
      expect(await call(name, role, {}), role).toMatchObject({ status: 403, code: 'WRONG_ROLE' });
  });

  const staff = roles.find(isForStaff);
  if (staff === undefined) return;

  test('gives a fleet or region nothing of another one', async () => {
    for (const limit of ['fleet', 'region'] as const) {
      const { status, text, code } = await call(name, staff, LIMITS[limit], `am-${limit}`);
      const outcome = ROUTES[name as RouteName]![limit];
      if (outcome === 'refused') expect(code, limit).toBe('NOT_IN_SCOPE');
      else expect(code, limit).not.toBe('NOT_IN_SCOPE');
      if (outcome !== 'filtered') continue;
      expect(status, limit).toBe(200);
      expect(text, limit).not.toContain('am-red');
    }
  });

  test('changes nothing for a user who may only look', async () => {
    const { code } = await call(name, staff, { readOnly: true, ...LIMITS.region }, 'am-reader');
    if (methodOf(name) === 'GET') expect(code).not.toBe('READ_ONLY');
    else expect(code).toBe('READ_ONLY');
  });
});

test.each(['trips', 'nearby', 'fleet'])('GET /api/%s gives the fleet and region its own', async (path) => {
  const { text } = await call(`GET /api/${path}`, 'dispatcher', OURS, 'am-own');
  expect(text).toContain('am-red-driver');
  expect(text).not.toContain('am-blue-driver');
});

test('a rider of a fleet is offered its drivers only, and sees only their cars', async () => {
  const [blueDriver, redDriver] = clients as [StockClient, StockClient];
  await expect.poll(() => pushes(redDriver, 'offer')).toMatchObject([{ tripId: trip.id }]);
  expect(pushes(blueDriver, 'offer')).toEqual([]);
  const cars = async (claims: object) => {
    const token = await system.token('rider', 'am-looking', '1h', claims);
    const path = `nearby?lat=${place.lat}&lng=${place.lng}&radiusM=1000`;
    return (await rest(`${system.url}/api/${path}`, 'GET', token)).body.cars.length;
  };
  expect(await cars({})).toBe(2);
  expect(await cars({ fleet: 'am-blue' })).toBe(1);
  expect(await cars({ fleet: 'am-green' })).toBe(0);
  const green = await connect('/rider', 'rider', 'am-watching', { fleet: 'am-green' });
  const watched = { ...place, radiusM: 1_000 };
  expect(await askWrongly(green, 'nearby:watch', watched)).toMatchObject({ ok: true, cars: [] });
  const blue = await connect('/rider', 'rider', 'am-watching-2', { fleet: 'am-blue' });
  await askWrongly(blue, 'nearby:watch', watched);
  const moved = async () => {
    await drive(redDriver, 540);
    await drive(blueDriver, 240);
    return pushes(blue, 'cars').flatMap(({ moved }) => moved).length;
  };
  await expect.poll(moved).toBeGreaterThan(0);
  expect(pushes(green, 'cars')).toEqual([]);
  expect(new Set(pushes(blue, 'cars').flatMap(({ moved }) => moved.map(({ id }) => id))).size).toBe(1);
});

describe('on a socket', () => {
  test('every request of dispatch gives a fleet or region nothing of another one, and its pushes neither', async () => {
    const watchers = {
      own: await connect('/dispatch', 'dispatcher', 'am-own', OURS),
      fleet: await connect('/dispatch', 'dispatcher', 'am-fleet', LIMITS.fleet),
      region: await connect('/dispatch', 'dispatcher', 'am-region', LIMITS.region),
    };
    const isUnwatch = (event: string) => event.endsWith(':unwatch') || event === 'zones:close';
    const ask = async (limit: Limit, event: string) => {
      const row = REQUESTS[event]!;
      const answer = await askWrongly(watchers[limit], event, row.payload);
      if (row[limit] === 'refused') expect(answer, event).toMatchObject({ code: 'NOT_IN_SCOPE' });
      else expect(answer.code, event).not.toBe('NOT_IN_SCOPE');
      if (row[limit] === 'filtered') expect(answer.ok, event).toBe(true);
      expect(JSON.stringify(answer), event).not.toContain('am-red');
    };
    const begun = Object.keys(REQUESTS).filter((event) => !isUnwatch(event));
    for (const limit of ['fleet', 'region'] as const) for (const event of begun) await ask(limit, event);
    for (const event of [
      'fleet:watch',
      'driver:watch',
      'trips:watch',
      'region:watch',
      'crossings:watch',
      'alerts:watch',
    ] satisfies RequestOf<'/dispatch'>[])
      expect(await askWrongly(watchers.own, event, REQUESTS[event]!.payload), event).toMatchObject({
        ok: true,
      });

    // A search is answered from what was read some seconds ago.
    for (const [event, own] of [
      ['fleet:search', 'am-red-driver'],
      ['trips:history', 'am-red-past'],
    ] satisfies Array<[RequestOf<'/dispatch'>, string]>) {
      const answer = async () => JSON.stringify(await askWrongly(watchers.own, event, {}));
      await expect.poll(answer, { timeout: 10_000 }).toContain(own);
      expect(await answer()).not.toContain('am-blue');
    }

    const red = clients[1]!;
    await drive(red, 560);
    const driver = await system.token('driver', 'am-red-driver', '1h', { fleet: 'am-red' });
    const accepted = { state: 'accepted' };
    expect(await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', driver, accepted)).toMatchObject({
      status: 200,
    });
    await rest(`${system.url}/api/incidents`, 'POST', driver, { kind: 'other', ...place });
    const events = () => new Set(watchers.own.received.map(({ event }) => event));
    for (const event of ['fleet', 'position', 'trip', 'incident', 'alerts'])
      await expect.poll(events, { timeout: 10_000 }).toContain(event);
    const ownAlerts = () => (pushes(watchers.own, 'alerts').at(-1) as FleetAlerts).alerts;
    const id = ownAlerts().find(({ kind }) => kind === 'incident')!.id;
    // Only dispatchers whom an alert concerns decide about it.
    for (const [watcher, mark] of [
      [watchers.fleet, null],
      [watchers.region, null],
      [watchers.own, { as: 'taken', by: 'am-own' }],
    ] as const) {
      await askWrongly(watcher, 'alerts:mark', { ids: [id], as: 'taken' });
      const { alerts } = (await askWrongly(watchers.own, 'alerts:watch', null)) as unknown as FleetAlerts;
      expect(alerts.find((one) => one.id === id)).toMatchObject({ driverId: 'am-red-driver', mark });
    }
    for (const limit of ['fleet', 'region'] as const) {
      expect(JSON.stringify(watchers[limit].received), limit).not.toContain('am-red');
      for (const event of Object.keys(REQUESTS).filter(isUnwatch)) await ask(limit, event);
    }
  });

  test('a user who may only look changes no draft', async () => {
    const reader = await connect('/dispatch', 'dispatcher', 'am-reader', { readOnly: true });
    expect(await askWrongly(reader, 'zones:open', REQUESTS['zones:open']!.payload)).toMatchObject({
      ok: true,
    });
    for (const event of ['alerts:mark', 'zones:update', 'zones:awareness'])
      expect(await askWrongly(reader, event, REQUESTS[event]!.payload)).toMatchObject({ code: 'READ_ONLY' });
  });

  test('a namespace has no requests for other roles', async () => {
    for (const namespace of ['/driver', '/rider', '/dispatch'] as const)
      for (const role of ROLES.filter((each) => !partOf(namespace).roles.includes(each)))
        await expect(
          connect(namespace, role, `am-${role}`, {}),
          `${namespace} ${role}`,
        ).rejects.toMatchObject({
          data: { code: 'WRONG_ROLE' },
        });
  });
});

test('disconnecting a user ends its sockets and streams, and not those of a driver with the same id', async () => {
  const asRider = await system.token('rider', 'am-twin');
  const rider = await connect('/rider', 'rider', 'am-twin', {});
  const driver = await connect('/driver', 'driver', 'am-twin', {});
  const streams = await Promise.all(
    ['stream/feed', `stream/nearby?lat=${place.lat}&lng=${place.lng}&radiusM=500`].map((path) =>
      openEventStream(`${system.url}/api/${path}`, { token: asRider }),
    ),
  );
  const dispatcher = await system.token('dispatcher', 'am-desk');
  const connections = `${system.url}/api/users/am-twin/connections`;
  expect(await rest(connections, 'DELETE', dispatcher)).toMatchObject({ body: { code: 'BAD_REQUEST' } });
  expect(await rest(`${connections}?role=rider`, 'DELETE', dispatcher)).toMatchObject({ status: 200 });
  await expect.poll(() => rider.socket.connected).toBe(false);
  await expect.poll(() => streams.map((stream) => stream.isOver())).toEqual([true, true]);
  expect(driver.socket.connected).toBe(true);
  expect(await askWrongly(driver, 'clock', null)).toMatchObject({ ok: true });
});

test('a driver who has declined learns nothing of the trip, however often the answer is sent', async () => {
  const service = await system.token('service', 'am-service');
  const driver = await connect('/driver', 'driver', 'am-shy-driver', { fleet: 'am-shy' });
  await askWrongly(driver, 'status', 'available');
  await drive(driver);
  const rider = await system.token('rider', 'am-shy-rider', '1h', { fleet: 'am-shy' });
  const request = { pickup: place, dropoff: place };
  const { body: own } = await rest(`${system.url}/api/trips`, 'POST', rider, request);
  await expect.poll(() => pushes(driver, 'offer').length, { timeout: 15_000 }).toBe(1);
  const token = await system.token('driver', 'am-shy-driver', '1h', { fleet: 'am-shy' });
  const path = `${system.url}/api/trips/${own.id}`;
  for (const key of ['am-key', 'am-key', 'am-other-key'])
    expect(await rest(path, 'PATCH', token, { state: 'requested' }, key)).toEqual({
      status: 200,
      body: { id: own.id, state: 'requested' },
    });
  await rest(path, 'PATCH', service, { state: 'cancelled' });
});

test('an area with many vehicles of others shows a fleet its own, or how many of its own there are', async () => {
  const own = await system.token('dispatcher', 'am-own', '1h', OURS);
  const view = async () => (await rest(`${system.url}/api/fleet?bbox=${BOX}&limit=1`, 'GET', own)).body;
  await expect
    .poll(view, { timeout: 10_000 })
    .toMatchObject({ vehicles: [{ id: 'am-red-driver' }], counts: null });
  const second = await connect('/driver', 'driver', 'am-red-second', { fleet: 'am-red' });
  await askWrongly(second, 'status', 'available');
  await drive(second, 3_000);
  const counted = async () => {
    const { counts } = (await view()) as { counts: CellCount[] | null };
    return counts?.reduce((total, { available, busy }) => total + available + busy, 0);
  };
  await expect.poll(counted, { timeout: 10_000 }).toBe(2);
});

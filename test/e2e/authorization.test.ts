import { afterAll, describe, expect } from 'vitest';
import type { Role, Trip } from '#protocol';
import { askWrongly, connectStock, type StockClient } from '../fixtures/clients.js';
import { Apps, placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import { type System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const place = placesFrom(-70)();

let system: System;
let apps: Apps;
let trip: Trip;
let sockets: Record<'rider' | 'driver' | 'dispatcher', StockClient>;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
  await apps.driverAt('own-driver', place);
  const request = { riderId: 'own-rider', driverId: 'own-driver', pickup: place, dropoff: place };
  const token = await system.token('service', 's');
  trip = (await rest(`${system.url}/api/trips`, 'POST', token, request)).body;
  const socket = async (node: number, namespace: string, role: Role, sub: string) =>
    connectStock(system.gateways[node]!.url, namespace, await system.token(role, sub));
  sockets = {
    rider: await socket(0, '/rider', 'rider', 'other-rider'),
    driver: await socket(1, '/driver', 'driver', 'other-driver'),
    dispatcher: await socket(0, '/dispatch', 'dispatcher', 'desk'),
  };
});
afterAll(async () => {
  for (const { socket } of Object.values(sockets)) socket.disconnect();
  apps.closeAll();
});

/** Role of the requesting user. */
type Caller = 'rider' | 'driver' | 'dispatcher';
const STATUS: Record<string, number> = {
  NO_TOKEN: 401,
  BAD_TOKEN: 401,
  TOKEN_EXPIRED: 401,
  WRONG_ROLE: 403,
  NOT_YOUR_TRIP: 403,
};

/** Routes with the refusal for each role that may not use them; `:trip` is a trip of other users. */
const ROUTES: Array<
  [method: string, path: string, refusals: Partial<Record<Caller, string>>, body?: object]
> = [
  ['GET', 'trips/:trip', { rider: 'NOT_YOUR_TRIP', driver: 'NOT_YOUR_TRIP' }],
  ['PATCH', 'trips/:trip', { rider: 'NOT_YOUR_TRIP', driver: 'NOT_YOUR_TRIP' }, { state: 'cancelled' }],
  ['GET', 'trips/:trip/summary', { rider: 'NOT_YOUR_TRIP', driver: 'NOT_YOUR_TRIP' }],
  ['GET', 'trips/:trip/route', { rider: 'NOT_YOUR_TRIP', driver: 'NOT_YOUR_TRIP' }],
  [
    'POST',
    'trips/:trip/rating',
    { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE', dispatcher: 'WRONG_ROLE' },
    { stars: 5 },
  ],
  ['GET', 'places?q=a&lat=0&lng=1', { driver: 'WRONG_ROLE' }],
  ['GET', 'places/nearest?use=pickup&lat=0&lng=1', { driver: 'WRONG_ROLE' }],
  [
    'POST',
    'trips/:trip/share',
    { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE', dispatcher: 'WRONG_ROLE' },
    {},
  ],
  ['DELETE', 'trips/:trip/share', { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE', dispatcher: 'WRONG_ROLE' }],
  ['GET', 'stream/trip/:trip', { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE' }],
  ['GET', 'poll/trip/:trip', { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE' }],
  ['GET', 'feed', { dispatcher: 'WRONG_ROLE' }],
  ['GET', 'stream/feed', { dispatcher: 'WRONG_ROLE' }],
  ['GET', 'poll/feed', { dispatcher: 'WRONG_ROLE' }],
  ['GET', 'users/own-rider/presence', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['DELETE', 'users/own-rider/connections', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'drivers/own-driver', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'drivers/own-driver/position', { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE' }],
  ['GET', 'drivers/own-driver/track?tripId=:trip', { rider: 'NOT_YOUR_TRIP', driver: 'WRONG_ROLE' }],
  ['GET', 'fleet?bbox=20,10,20.1,10.1', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'fleet/history?bbox=20,10,20.1,10.1', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'nodes', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'audit', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'zones/83d341fffffffff/draft', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['POST', 'zones/83d341fffffffff/draft', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }, {}],
  ['DELETE', 'zones/83d341fffffffff/draft/locks/a', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'zones/83d341fffffffff/comparison', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['GET', 'zones/83d341fffffffff/versions', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['POST', 'zones/83d341fffffffff/versions', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }, {}],
  ['GET', 'zones/83d341fffffffff/versions/1', { rider: 'WRONG_ROLE', driver: 'WRONG_ROLE' }],
  ['POST', 'fixes', { rider: 'WRONG_ROLE', dispatcher: 'WRONG_ROLE' }, []],
];

describe.each(ROUTES)('%s /api/%s', (method, path, refusals, body) => {
  const request = (token: string | null) =>
    rest(`${system.url}/api/${path.replace(':trip', trip.id)}`, method, token, body);

  test.each(Object.entries(refusals) as Array<[Caller, string]>)(
    'refuses a %s with %s',
    async (role, code) => {
      const answer = await request(await system.token(role, `other-${role}`));
      expect(answer).toMatchObject({ status: STATUS[code], body: { code, retry: false } });
    },
  );

  test('refuses a missing, expired or forged token', async () => {
    const expired = await system.token('service', 'late', '-1 minute');
    const forged = (await system.token('service', 'forger')).replace(/.{8}$/, 'AAAAAAAA');
    const codes = [null, expired, forged].map(async (token) => (await request(token)).body.code);
    const given = await Promise.all(codes);
    expect(given[0]).toBe('NO_TOKEN');
    for (const code of given.slice(1)) expect(STATUS[code], code).toBe(401);
  });
});

/** Socket requests for resources of another user. */
const REQUESTS: Array<[who: Caller, event: string, payload: object, code: string]> = [
  ['rider', 'trip:watch', {}, 'NOT_YOUR_TRIP'],
  ...(['rider', 'driver'] as const).flatMap((who): typeof REQUESTS => [
    [who, 'chat:history', {}, 'NOT_YOUR_TRIP'],
    [who, 'chat:send', { id: 'm1', text: 'hello' }, 'NOT_YOUR_TRIP'],
    [who, 'chat:delivered', { seq: 1 }, 'NOT_YOUR_TRIP'],
    [who, 'chat:read', { seq: 1 }, 'NOT_YOUR_TRIP'],
    [who, 'chat:typing', {}, 'NOT_YOUR_TRIP'],
    [who, 'fleet:watch', { bbox: [0, 0, 1, 1], zoom: 12 }, 'UNKNOWN_EVENT'],
    [who, 'driver:watch', { driverId: 'own-driver' }, 'UNKNOWN_EVENT'],
    [who, 'trips:watch', {}, 'UNKNOWN_EVENT'],
    [who, 'region:watch', { region: '83754efffffffff' }, 'UNKNOWN_EVENT'],
    [who, 'crossings:watch', { region: '83754efffffffff' }, 'UNKNOWN_EVENT'],
  ]),
  ['driver', 'trip:watch', {}, 'UNKNOWN_EVENT'],
  ['dispatcher', 'chat:history', {}, 'SUPPORT_ACCESS_OFF'],
  ['dispatcher', 'chat:send', { id: 'm1', text: 'hello' }, 'UNKNOWN_EVENT'],
  ['dispatcher', 'feed:resume', { after: null }, 'UNKNOWN_EVENT'],
];

test.each(REQUESTS)('a %s that sends %s for another user’s %j gets %s', async (who, event, payload, code) => {
  const answer = await askWrongly(sockets[who], event, { tripId: trip.id, ...payload });
  expect(answer).toMatchObject({ ok: false, code, retry: false });
});

test.each([
  ['/driver', 'rider'],
  ['/driver', 'dispatcher'],
  ['/rider', 'driver'],
  ['/rider', 'dispatcher'],
  ['/dispatch', 'rider'],
  ['/dispatch', 'driver'],
] as const)('nobody connects to %s with the token of a %s', async (namespace, role) => {
  const token = await system.token(role, 'elsewhere');
  await expect(connectStock(system.url, namespace, token)).rejects.toMatchObject({
    data: { code: 'WRONG_ROLE' },
  });
});

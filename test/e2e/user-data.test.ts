import { afterAll, expect } from 'vitest';
import { Api } from '#sdk';
import { findTexts, readAllKeys } from '../fixtures/all-keys.js';
import { connectStock } from '../fixtures/clients.js';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const nextPlace = placesFrom(-20, 120);
const RIDER = 'ud-e2e-rider';
const DRIVER = 'ud-e2e-driver';
const TEXTS = {
  [RIDER]: ['a tall man in a kilt', 'the seat belt is stuck', 'Your rider called the office'],
  [DRIVER]: ['Octavia Plumb', 'OP 5519', 'the tyre is flat'],
};

let system: System;
let apps: Apps;
let service: Api;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
  service = new Api({ url: system.url, token: () => system.token('service', 'ud-service') });
});
afterAll(() => apps.closeAll());

const call = async (method: string, path: string, role: 'rider' | 'driver' | 'service', sub: string) =>
  rest(`${system.url}/api/${path}`, method, await system.token(role, sub));

/** Takes a rider from the request to the rating, with all that the service offers on the way. @returns id of the trip */
async function travel(): Promise<string> {
  const place = nextPlace();
  await service.putDriverProfile(DRIVER, {
    name: 'Octavia Plumb',
    photoUrl: null,
    vehicle: { make: 'Volvo', model: '240', colour: 'white', plate: 'OP 5519', class: 'standard', seats: 4 },
  });
  const driver = await apps.driverAt(DRIVER, place, { url: system.gateways[0]!.url });
  const rider = await apps.rider(RIDER, { url: system.gateways[1]!.url });
  const desk = await apps.dispatch('ud-desk');
  await desk.watchDriver(DRIVER);
  const offered = driver.once('offer');
  const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 2_000), withPin: true });
  await offered;
  await driver.accept(trip.id);
  for (const [client, text] of [
    [rider, 'a tall man in a kilt'],
    [driver, 'Octavia Plumb is coming'],
  ] as const)
    await client.chat(trip.id).send(text);
  for (let i = 1; i <= 20; i += 1)
    driver.push({ t: Date.now() - 20_000 + i * 1_000, ...north(place, 5 * i) });
  await driver.drained();
  const own = new Api({ url: system.url, token: () => system.token('rider', RIDER) });
  await own.shareTrip(trip.id, {}, { idempotencyKey: 'ud-share' });
  const report = { kind: 'other', ...place, tripId: trip.id } as const;
  await own.reportIncident({ ...report, text: 'the seat belt is stuck' }, { idempotencyKey: 'ud-incident' });
  const drivers = new Api({ url: system.url, token: () => system.token('driver', DRIVER) });
  await drivers.reportIncident({ ...report, text: 'the tyre is flat' });
  await service.sendNotice(RIDER, { role: 'rider', text: 'Your rider called the office' });
  await service.track(DRIVER);
  const { pin } = await own.trip(trip.id);
  for (const step of ['arriving', 'arrived'] as const) await driver.step(trip.id, step);
  await driver.step(trip.id, 'on_trip', { pin: pin! });
  await driver.step(trip.id, 'completed');
  await own.rateTrip(trip.id, 5);
  await expect.poll(async () => (await service.openTrips()).some(({ id }) => id === trip.id)).toBe(false);
  return trip.id;
}

test('a user is exported, erased from everywhere in Redis, and leaves a pseudonym to the partner', async () => {
  const tripId = await travel();
  const everything = () => readAllKeys([system.redis.client]);
  for (const userId of [RIDER, DRIVER] as const) {
    const found = findTexts(await everything(), [userId, ...TEXTS[userId]]);
    for (const text of TEXTS[userId])
      expect(
        found.some((each) => each.endsWith(text)),
        text,
      ).toBe(true);
    const { data } = await service.exportUser(userId);
    const exported = JSON.stringify(data);
    for (const text of [tripId, ...TEXTS[userId]]) expect(exported, text).toContain(text);
  }

  // Apps with a valid token connect again, and then have new data; this client does not.
  apps.closeAll();
  const stock = await connectStock(system.url, '/rider', await system.token('rider', RIDER));
  const { pseudonym, erased, remains, repeatAt } = await service.eraseUser(RIDER);
  expect(stock.socket.connected).toBe(false);
  expect(erased.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['feeds', 'chats', 'links', 'incidents and alerts', 'trips', 'presence', 'audit']),
  );
  expect(remains.map(({ kind }) => kind).sort()).toEqual(['audit', 'trips']);
  expect(repeatAt).toBeGreaterThan(Date.now());
  expect(await service.trip(tripId)).toMatchObject({ riderId: pseudonym, driverId: DRIVER });

  const drivers = await service.eraseUser(DRIVER);
  expect(drivers.erased.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['profile', 'positions', 'tracks', 'driver log', 'devices']),
  );
  for (const userId of [RIDER, DRIVER] as const) {
    const rest = findTexts(await everything(), [userId, ...TEXTS[userId]]);
    // Until it is repeated for what was in flight.
    expect(rest.filter((each) => !each.startsWith('erasures: '))).toEqual([]);
  }
  await expect(service.driver(DRIVER)).rejects.toMatchObject({ code: 'NO_SUCH_DRIVER' });
  const actions = (await service.audit({ limit: 1_000 })).filter(({ userId }) => userId === pseudonym);
  expect(new Set(actions.map(({ action }) => action))).toEqual(
    new Set(['user:notice', 'user:export', 'user:erase']),
  );
  expect(actions.every(({ text }) => text === undefined)).toBe(true);

  // As a minute later.
  for (const [userId, json] of Object.entries(await system.redis.client.hgetall('erasures')))
    await system.redis.client.hset('erasures', userId, JSON.stringify({ ...JSON.parse(json), dueAt: 0 }));
  await expect.poll(() => system.redis.client.hlen('erasures'), { timeout: 30_000 }).toBe(0);
  expect(findTexts(await everything(), [RIDER, DRIVER])).toEqual([]);
}, 120_000);

test('a user on a trip is erased only after it, and only a service can ask for it', async () => {
  const place = nextPlace();
  const rider = await apps.rider('ud-e2e-open');
  const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 2_000) });
  await expect(service.eraseUser('ud-e2e-open')).rejects.toMatchObject({ code: 'USER_ON_TRIP', retry: true });
  for (const method of ['GET', 'DELETE'])
    for (const role of ['rider', 'driver'] as const) {
      const { body } = await call(method, 'users/ud-e2e-open/data', role, 'ud-e2e-open');
      expect(body.code).toBe('WRONG_ROLE');
    }
  await service.cancelTrip(trip.id);
  expect((await service.eraseUser('ud-e2e-open')).erased).toContainEqual({ kind: 'trips', count: 1 });
  await expect(service.trip(trip.id)).rejects.toMatchObject({ code: 'NO_SUCH_TRIP' });
});

test('views of positions by dispatch are recorded once, and refused tokens, too', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('ud-e2e-seen', place);
  const desk = await apps.dispatch('ud-looking');
  const bbox = [place.lng - 0.01, place.lat - 0.01, place.lng + 0.01, place.lat + 0.01] as const;
  for (let i = 0; i < 5; i += 1) {
    await desk.watchFleet({ bbox: [...bbox], zoom: 15 });
    await desk.watchDriver('ud-e2e-seen');
  }
  const looking = new Api({
    url: system.gateways[0]!.url,
    token: () => system.token('dispatcher', 'ud-looking'),
  });
  for (let i = 0; i < 3; i += 1) await looking.track('ud-e2e-seen');
  await fetch(`${system.url}/api/nodes`, { headers: { authorization: 'Bearer nonsense' } });
  const audit = await service.audit({ limit: 1_000 });
  const views = audit
    .filter(({ by }) => by === 'ud-looking')
    .map(({ action, userId = '' }) => [action, userId]);
  expect(views.sort()).toEqual([
    ['driver:view', 'ud-e2e-seen'],
    ['fleet:view', ''],
    ['track:view', 'ud-e2e-seen'],
  ]);
  const refused = audit.filter(({ action }) => action === 'token:refused');
  expect(refused).toContainEqual(expect.objectContaining({ by: '', text: 'BAD_TOKEN' }));
  driver.close();
});

import { afterEach, expect } from 'vitest';
import type { FleetAlert, FleetAlerts } from '#protocol';
import { Api, type DispatchClient } from '#sdk';
import { ask, askWrongly, connectStock } from '../fixtures/clients.js';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 30_000 };
const nextPlace = placesFrom(-20, 110);

let system: System;
let apps: Apps;
let service: Api;
test.beforeAll(async ({ silentSystem }) => {
  system = silentSystem;
  apps = new Apps(system);
  service = new Api({ url: system.url, token: await system.token('service', 'fleet-board') });
});
afterEach(() => apps.closeAll());

/** Connects a board to each gateway. */
const boards = () => Promise.all(system.gateways.map(({ url }, i) => apps.dispatch(`board-${i}`, { url })));

/** Follows the alerts of one driver. */
async function alertsOf(board: DispatchClient, driverId: string): Promise<() => FleetAlert[]> {
  let latest: FleetAlerts = { alerts: [], total: 0 };
  board.on('alerts', (alerts) => {
    latest = alerts;
  });
  await board.watchAlerts();
  return () => latest.alerts.filter((alert) => alert.driverId === driverId);
}

test('every gateway finds a driver by its id and by its rider, anywhere, and pages through the fleet', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('search-Adams', place, { url: system.gateways[0]!.url });
  await apps.driverAt('search-baker', north(place, 2_000_000), { url: system.gateways[1]!.url });
  const trip = await service.createTrip({
    riderId: 'search-rita',
    driverId: 'search-Adams',
    pickup: place,
    dropoff: north(place, 900),
  });
  for (const board of await boards()) {
    const ids = async (text: string) => (await board.searchFleet({ text })).vehicles.map(({ id }) => id);
    await expect.poll(() => ids('SEARCH-'), PATIENT).toEqual(['search-Adams', 'search-baker']);
    await expect.poll(() => ids('search-rita'), PATIENT).toEqual(['search-Adams']);
    expect(await board.searchFleet({ text: 'search-rita' })).toMatchObject({
      vehicles: [{ state: 'on_trip', tripId: trip.id, lat: place.lat }],
      trips: [{ id: trip.id }],
      total: 1,
      counts: { on_trip: 1, available: 0 },
    });
    const page = await board.searchFleet({ text: 'search-', offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 2, vehicles: [{ id: 'search-baker' }] });
  }
  await service.cancelTrip(trip.id);
  await driver.setStatus('offline');
  const [board] = await boards();
  // A driver who went offline is found on request.
  const found = async (states?: ['offline']) =>
    (await board!.searchFleet({ text: 'search-Adams', ...(states && { states }) })).total;
  await expect.poll(() => found(), PATIENT).toBe(0);
  expect(await found(['offline'])).toBe(1);
});

test('a board that opens later has the alerts of the whole fleet at once, and a decision is shared', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('silent-carl', place);
  const trip = await service.createTrip({
    riderId: 'silent-rider',
    driverId: 'silent-carl',
    pickup: place,
    dropoff: north(place, 900),
  });
  const [first] = await boards();
  const seen = await alertsOf(first!, 'silent-carl');
  await expect.poll(seen, PATIENT).toMatchObject([{ kind: 'driver_silent', tripId: trip.id, mark: null }]);

  // No event reaches the second board: it watches no region and comes when it is all over.
  const second = await apps.dispatch('later', { url: system.gateways[1]!.url });
  const seenLater = await alertsOf(second, 'silent-carl');
  expect(seenLater()).toMatchObject([{ kind: 'driver_silent', tripId: trip.id }]);
  await second.markAlerts([seenLater()[0]!.id, 'no such alert'], 'taken');
  await expect.poll(seen, PATIENT).toMatchObject([{ mark: { as: 'taken', by: 'later' } }]);
  await first!.markAlerts([seen()[0]!.id], 'dismissed');
  await expect.poll(seenLater, PATIENT).toMatchObject([{ mark: { as: 'dismissed', by: 'board-0' } }]);
  await first!.markAlerts([seen()[0]!.id], 'open');
  await expect.poll(seenLater, PATIENT).toMatchObject([{ mark: null }]);

  driver.push({ t: Date.now(), ...north(place, 5) });
  await expect.poll(seen, PATIENT).toEqual([]);
  await service.cancelTrip(trip.id);
});

test('an incident is an alert until a dispatcher dismisses it', async () => {
  await apps.driverAt('incident-dave', nextPlace());
  const report = { kind: 'breakdown', text: 'flat tyre', ...nextPlace() };
  await rest(`${system.url}/api/incidents`, 'POST', await system.token('driver', 'incident-dave'), report);
  const [first, second] = await boards();
  const seen = await alertsOf(first!, 'incident-dave');
  expect(seen()).toMatchObject([{ kind: 'incident', incident: { text: 'flat tyre', kind: 'breakdown' } }]);
  await second!.markAlerts([seen()[0]!.id], 'dismissed');
  await expect.poll(seen, PATIENT).toMatchObject([{ mark: { as: 'dismissed', by: 'board-1' } }]);
});

test('trips that have ended are found by rider and driver, page by page, with who was asked', async () => {
  const place = nextPlace();
  const [board] = await boards();
  const rider = await apps.rider('history-rider');
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 900) });
    await service.assignTrip(trip.id, 'history-driver');
    await rider.cancelTrip(trip.id);
    ids.unshift(trip.id);
  }
  const found = async (search: object) => (await board!.tripHistory(search)).trips.map(({ id }) => id);
  await expect.poll(() => found({ text: 'HISTORY-rider' }), PATIENT).toEqual(ids);
  const first = await board!.tripHistory({ text: 'history-rider', limit: 2 });
  expect(first.trips).toMatchObject([
    { id: ids[0], state: 'cancelled', offers: [{ driverId: 'history-driver', answer: 'assigned' }] },
    { id: ids[1] },
  ]);
  expect(await found({ text: 'history-rider', before: first.next! })).toEqual([ids[2]]);
  expect(await found({ text: 'history-rider', from: Date.now() + 60_000 })).toEqual([]);
});

test('bad searches and decisions are refused, and riders and drivers have neither', async () => {
  const dispatcher = await connectStock(system.url, '/dispatch', await system.token('dispatcher', 'bad'));
  const search = (payload: object) => askWrongly(dispatcher, 'fleet:search', payload);
  expect(await search({ text: 'x'.repeat(65) })).toMatchObject({ code: 'BAD_SEARCH' });
  expect(await search({ limit: 501 })).toMatchObject({ code: 'BAD_LIMIT' });
  for (const bad of [{ offset: -1 }, { states: ['gone'] }, { order: 'name' }])
    expect(await search(bad)).toMatchObject({ code: 'BAD_REQUEST' });
  for (const bad of [
    { ids: [], as: 'taken' },
    { ids: ['x'], as: 'gone' },
    { ids: Array(201).fill('x'), as: 'open' },
  ])
    expect(await askWrongly(dispatcher, 'alerts:mark', bad)).toMatchObject({ code: 'BAD_REQUEST' });
  expect(await ask(dispatcher, 'alerts:mark', { ids: ['x'], as: 'dismissed' })).toMatchObject({ ok: true });
  dispatcher.socket.disconnect();
  for (const role of ['rider', 'driver'] as const) {
    const { socket } = await connectStock(system.url, `/${role}`, await system.token(role, `bad-${role}`));
    for (const event of ['fleet:search', 'trips:history', 'alerts:watch', 'alerts:mark'])
      expect(await askWrongly({ socket }, event, {})).toMatchObject({ code: 'UNKNOWN_EVENT' });
    socket.disconnect();
  }
});

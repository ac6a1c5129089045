import { afterEach, expect } from 'vitest';
import { regionAt } from '#geo/cells';
import type { FeedPart, Role } from '#protocol';
import { Api } from '#sdk';
import { ask, askWrongly, connectStock, pushes, type StockClient } from '../fixtures/clients.js';
import { endSearch, north } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const HERE = { lat: 36.75, lng: -73.99 };
const FAR = { lat: 10, lng: 110 };

let system: System;
const open: StockClient[] = [];

test.beforeAll(async ({ silentSystem }) => {
  system = silentSystem;
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.disconnect();
});

async function connectDispatcher(node: number, sub: string): Promise<StockClient> {
  const url = system.gateways[node]!.url;
  const connected = await connectStock(url, '/dispatch', await system.token('dispatcher', sub));
  open.push(connected);
  return connected;
}

const watch = (client: StockClient, place: typeof HERE, after: string | null = null) =>
  ask(client, 'region:watch', { region: regionAt(place), after }) as Promise<{ ok: true } & FeedPart>;

const post = async (role: Role, sub: string, path: string, body: object, key?: string) =>
  rest(`${system.url}/api/${path}`, 'POST', await system.token(role, sub), body, key);

const cancel = async (tripId: string) => {
  const service = await system.token('service', 's');
  return rest(`${system.url}/api/trips/${tripId}`, 'PATCH', service, { state: 'cancelled' });
};

test('an incident is pushed to everyone watching its region, immediately or on reconnection', async () => {
  const [here, elsewhere] = [await connectDispatcher(0, 'here'), await connectDispatcher(1, 'elsewhere')];
  expect(await watch(here, HERE)).toMatchObject({ ok: true, complete: true });
  await watch(elsewhere, FAR);
  const report = { kind: 'breakdown', text: ' a flat tyre ', ...HERE };
  expect((await post('driver', 'i-driver', 'incidents', report)).status).toBe(201);
  const incident = { kind: 'breakdown', text: 'a flat tyre', by: { role: 'driver', userId: 'i-driver' } };
  await expect.poll(() => pushes(here, 'incident')).toMatchObject([incident]);

  const { last } = await watch(here, HERE);
  here.socket.disconnect();
  await post('service', 's', 'incidents', { ...report, kind: 'other' });
  const back = await connectDispatcher(1, 'here');
  const { entries } = await watch(back, HERE, last);
  expect(entries).toMatchObject([{ event: 'incident', payload: { kind: 'other' } }]);
  await ask(back, 'region:unwatch', { region: regionAt(HERE) });
  await post('service', 's', 'incidents', report);
  await watch(back, FAR);
  await post('service', 's', 'incidents', { ...report, ...FAR });
  await expect.poll(() => pushes(elsewhere, 'incident')).toHaveLength(1);
  await expect.poll(() => pushes(back, 'incident')).toHaveLength(1);
});

test('an incident reported again with the same idempotency key is pushed once and gets the same response', async () => {
  const client = await connectDispatcher(0, 'once');
  const place = { lat: 52, lng: 13 };
  await watch(client, place);
  const api = new Api({ url: system.url, token: await system.token('rider', 'o-rider') });
  const report = { kind: 'threat', text: 'help', ...place } as const;
  const first = await api.reportIncident(report, { idempotencyKey: 'help-1' });
  expect(await api.reportIncident(report, { idempotencyKey: 'help-1' })).toEqual(first);
  const other = { ...report, text: 'all is well' };
  expect((await post('rider', 'o-rider', 'incidents', other, 'help-1')).body.code).toBe(
    'IDEMPOTENCY_KEY_REUSED',
  );
  expect((await post('rider', 'somebody', 'incidents', report, 'help-1')).status).toBe(201);
  await api.reportIncident(other);
  await expect
    .poll(() => pushes(client, 'incident').map(({ by, text }) => `${by.userId}: ${text}`))
    .toEqual(['o-rider: help', 'somebody: help', 'o-rider: all is well']);
});

test('a trip that no driver accepted and a trip whose driver fell silent raise alerts', async () => {
  const client = await connectDispatcher(0, 'alert');
  await watch(client, FAR);
  const request = { pickup: FAR, dropoff: FAR };
  const { body: lonely } = await post('rider', 'lonely', 'trips', request);
  await endSearch(system, lonely.id);
  await expect
    .poll(() => pushes(client, 'alert'))
    .toMatchObject([{ kind: 'no_driver', tripId: lonely.id, driverId: null }]);

  const driver = await connectStock(system.url, '/driver', await system.token('driver', 'silent'));
  await ask(driver, 'fixes', [{ t: Date.now(), ...FAR }]);
  const { body: left } = await post('service', 's', 'trips', {
    ...request,
    riderId: 'left',
    driverId: 'silent',
  });
  driver.socket.disconnect();
  await expect
    .poll(() => pushes(client, 'alert').at(-1), { timeout: 20_000 })
    .toMatchObject({ kind: 'driver_silent', tripId: left.id, driverId: 'silent' });
  await cancel(left.id);
});

test('a step that a driver takes far from its place is recorded with the trip and reported, a step at its place is not', async () => {
  const place = { lat: -31, lng: 101 };
  const client = await connectDispatcher(1, 'far-step');
  await watch(client, place);
  const driver = await connectStock(system.url, '/driver', await system.token('driver', 'far-step-driver'));
  await ask(driver, 'fixes', [{ t: Date.now(), ...place }]);
  const { body: trip } = await post('service', 's', 'trips', {
    pickup: place,
    dropoff: north(place, 21_000),
    riderId: 'far-step-rider',
    driverId: 'far-step-driver',
  });
  const service = new Api({ url: system.url, token: await system.token('service', 's') });
  await expect
    .poll(async () => (await service.driver('far-step-driver').catch(() => null))?.position?.lat)
    .toBe(-31);
  const token = await system.token('driver', 'far-step-driver');
  for (const state of ['arriving', 'arrived', 'on_trip', 'completed'])
    expect((await rest(`${system.url}/api/trips/${trip.id}`, 'PATCH', token, { state })).status).toBe(200);
  await expect
    .poll(() => pushes(client, 'alert'))
    .toMatchObject([{ kind: 'far_step', tripId: trip.id, driverId: 'far-step-driver', step: 'completed' }]);
  const { awayM } = await service.trip(trip.id);
  expect(awayM).toMatchObject({ arrived: 0, on_trip: 0 });
  expect(Math.round(awayM!.completed! / 1_000)).toBe(21);
  driver.socket.disconnect();
});

test('a surge of requests is reported once, and again when the number doubles', async () => {
  const place = { lat: -30, lng: 100 };
  const client = await connectDispatcher(1, 'surge');
  await watch(client, place);
  const request = { pickup: place, dropoff: place };
  const trips = await Promise.all(
    Array.from({ length: 45 }, (_, i) => post('rider', `surge-${i}`, 'trips', request)),
  );
  // Two gateways report them, so the order may differ.
  const surges = () => pushes(client, 'surge').map(({ requests }) => requests);
  await expect.poll(() => surges().toSorted((a, b) => a - b)).toEqual([20, 40]);
  await Promise.all(trips.map(({ body }) => cancel(body.id)));
});

test('invalid reports are refused, and riders and drivers cannot watch a region', async () => {
  const report = { kind: 'other', text: '', ...HERE };
  const code = async (role: Role, body: object) => (await post(role, 'x', 'incidents', body)).body.code;
  expect(await code('rider', { ...report, text: 'x'.repeat(501) })).toBe('BAD_TEXT');
  expect(await code('rider', { ...report, kind: 'party' })).toBe('BAD_REQUEST');
  expect(await code('rider', { ...report, lat: 91 })).toBe('BAD_POSITION');
  expect(await code('rider', { ...report, tripId: 'none' })).toBe('NO_SUCH_TRIP');
  const { body: trip } = await post('rider', 'owner', 'trips', { pickup: FAR, dropoff: FAR });
  expect(await code('rider', { ...report, tripId: trip.id })).toBe('NOT_YOUR_TRIP');
  const client = await connectDispatcher(0, 'wrong');
  for (const region of ['', '842a107ffffffff', '832a10', 5])
    for (const event of ['region:watch', 'crossings:watch', 'region:unwatch', 'zones:open', 'zones:close'])
      expect(await askWrongly(client, event, { region })).toMatchObject({ code: 'BAD_REGION' });
  const rider = await connectStock(system.url, '/rider', await system.token('rider', 'nosy'));
  expect(await ask(rider, 'region:watch', { region: regionAt(HERE) })).toMatchObject({
    code: 'UNKNOWN_EVENT',
  });
  rider.socket.disconnect();
});

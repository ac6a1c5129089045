import { afterEach, expect } from 'vitest';
import type { AuditEntry, Notice } from '#protocol';
import { Api } from '#sdk';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const nextPlace = placesFrom(30, 70);

let system: System;
let apps: Apps;
let dispatcher: Api;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
  dispatcher = new Api({ url: system.gateways[1]!.url, token: await system.token('dispatcher', 'lin') });
});
afterEach(() => apps.closeAll());

const first = () => ({ url: system.gateways[0]!.url });

/** Returns the latest actions of this file's users in the audit log, oldest first, without the fields that vary between runs. */
async function latest(limit: number): Promise<Array<Partial<AuditEntry>>> {
  const entries = (await dispatcher.audit({ limit: 1_000 })).filter(
    ({ by, action }) => (by === 'lin' || by === 'mo') && !action.endsWith(':view'),
  );
  return entries
    .slice(0, limit)
    .reverse()
    .map(({ id: _, at: __, ...entry }) => entry);
}

test('a notice reaches a rider and a driver on another node exactly once, even if they were disconnected', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('act-n-driver', place, first());
  const rider = await apps.rider('act-n-rider', first());
  const received: Record<string, Notice[]> = { driver: [], rider: [] };
  driver.on('notice', (notice) => received.driver!.push(notice));
  rider.on('notice', (notice) => received.rider!.push(notice));
  await dispatcher.sendNotice('act-n-driver', { role: 'driver', text: ' The bridge is closed ' });
  await dispatcher.sendNotice('act-n-rider', { role: 'rider', text: 'first' }, { idempotencyKey: 'n1' });
  await dispatcher.sendNotice('act-n-rider', { role: 'rider', text: 'first' }, { idempotencyKey: 'n1' });
  await expect.poll(() => received.driver).toMatchObject([{ kind: 'message', text: 'The bridge is closed' }]);
  rider.close();
  await dispatcher.sendNotice('act-n-rider', { role: 'rider', text: 'second' });
  await rider.connect();
  await expect.poll(() => received.rider!.map(({ text }) => text)).toEqual(['first', 'second']);
  expect(await latest(3)).toEqual([
    {
      by: 'lin',
      role: 'dispatcher',
      action: 'user:notice',
      userId: 'act-n-driver',
      text: 'The bridge is closed',
    },
    { by: 'lin', role: 'dispatcher', action: 'user:notice', userId: 'act-n-rider', text: 'first' },
    { by: 'lin', role: 'dispatcher', action: 'user:notice', userId: 'act-n-rider', text: 'second' },
  ]);
  await expect(dispatcher.sendNotice('act-n-rider', { role: 'rider', text: ' ' })).rejects.toMatchObject({
    code: 'EMPTY_TEXT',
  });
  await expect(
    dispatcher.sendNotice('act-n-rider', { role: 'rider', text: 'x'.repeat(501) }),
  ).rejects.toMatchObject({
    code: 'BAD_TEXT',
  });
});

test('a driver taken offline by dispatch leaves the fleet, and the open offer goes to the next driver', async () => {
  const place = nextPlace();
  const near = await apps.driverAt('act-o-near', north(place, 50), first());
  const far = await apps.driverAt('act-o-far', north(place, 400));
  const rider = await apps.rider('act-o-rider');
  const notices: Notice[] = [];
  near.on('notice', (notice) => notices.push(notice));
  const [asked, over, next] = [near.once('offer'), near.once('offer:over'), far.once('offer')];
  const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 3_000) });
  await asked;
  await dispatcher.forceOffline('act-o-near');
  expect(await over).toMatchObject({ tripId: trip.id });
  expect(await next).toMatchObject({ tripId: trip.id, driverId: 'act-o-far' });
  await expect.poll(async () => (await dispatcher.driver('act-o-near')).status).toBe('offline');
  await expect.poll(() => notices).toMatchObject([{ kind: 'offline' }]);
  // Later fixes from the app do not bring the driver back.
  near.push({ t: Date.now(), ...north(place, 60) });
  await near.drained();
  const around = { ...place, radiusM: 1_000 };
  await expect
    .poll(async () => (await dispatcher.nearbyDrivers(around)).map(({ driverId }) => driverId))
    .toEqual(['act-o-far']);

  await far.accept(trip.id);
  await expect(dispatcher.forceOffline('act-o-far')).rejects.toMatchObject({
    code: 'DRIVER_ON_TRIP',
    retry: false,
  });
  expect(await latest(1)).toMatchObject([{ action: 'driver:offline', userId: 'act-o-near' }]);
  await dispatcher.cancelTrip(trip.id);
  expect(await latest(1)).toMatchObject([{ action: 'trip:cancel', tripId: trip.id }]);

  const again = await rider.requestTrip({ pickup: place, dropoff: north(place, 3_000) });
  for (let i = 0; i < 2; i += 1) await dispatcher.cancelTrip(again.id, { idempotencyKey: 'act-o-again' });
  expect(await latest(2)).toMatchObject([
    { action: 'trip:cancel', tripId: trip.id },
    { action: 'trip:cancel', tripId: again.id },
  ]);
});

test('manually assigning a trip and reading a chat are recorded in the audit log', async ({ support }) => {
  const place = nextPlace();
  const driver = await apps.driverAt('act-h-driver', north(place, 20_000), first());
  const rider = await apps.rider('act-h-rider');
  const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 3_000) });
  const received = driver.once('trip');
  await dispatcher.assignTrip(trip.id, 'act-h-driver');
  expect(await received).toMatchObject({ id: trip.id, state: 'accepted' });
  await rider.chat(trip.id).send('At the entrance');
  const board = await apps.dispatch('mo', support);
  expect(await board.chatHistory(trip.id)).toMatchObject({ messages: [{ text: 'At the entrance' }] });
  expect(await latest(2)).toEqual([
    { by: 'lin', role: 'dispatcher', action: 'trip:assign', tripId: trip.id, userId: 'act-h-driver' },
    { by: 'mo', role: 'dispatcher', action: 'chat:history', tripId: trip.id },
  ]);
});

test.each(['rider', 'driver'] as const)('a %s cannot use dispatch actions', async (role) => {
  const token = await system.token(role, `x-${role}`);
  for (const path of ['users/x/notices', 'drivers/x/offline'])
    expect(
      await rest(`${system.url}/api/${path}`, 'POST', token, { role: 'rider', text: 'x' }),
    ).toMatchObject({ status: 403, body: { code: 'WRONG_ROLE' } });
  expect((await rest(`${system.url}/api/audit`, 'GET', token)).body.code).toBe('WRONG_ROLE');
  expect((await rest(`${system.url}/api/drivers/x/offline`, 'POST', null, {})).body.code).toBe('NO_TOKEN');
});

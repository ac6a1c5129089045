import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect } from 'vitest';
import {
  type DriverPosition,
  isOpen,
  type OfferedTrip,
  type OfferOver,
  type Trip,
  type TripState,
} from '#protocol';
import { Api, type DriverClient, type RiderClient } from '#sdk';
import { startFlakyProxy } from '../fixtures/flaky-proxy.js';
import { Apps, collectStates, expireOffer, north, placesFrom } from '../fixtures/journey.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const nextPlace = placesFrom(10, 40);

let system: System;
let apps: Apps;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
});
afterEach(() => apps.closeAll());

const api = (role: 'rider' | 'driver' | 'dispatcher' | 'service', sub: string, url = system.url) =>
  new Api({ url, token: () => system.token(role, sub), backoff: { ceilingMs: 200 } });

/** Collects the offers that the driver app receives and their ends. */
function collectOffers(client: DriverClient) {
  const offers: OfferedTrip[] = [];
  const over: OfferOver[] = [];
  client.on('offer', (offer) => offers.push(offer));
  client.on('offer:over', (end) => over.push(end));
  return { offers, over };
}

const collectPositions = (rider: RiderClient): DriverPosition[] => {
  const positions: DriverPosition[] = [];
  rider.on('position', (position) => positions.push(position));
  return positions;
};

test('a trip with one client per party: each state is emitted once, and the driver is followed automatically', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('sdk-way-driver', north(place, 100));
  const rider = await apps.rider('sdk-way-rider');
  const dispatcher = await apps.dispatch('sdk-way-desk');
  const { offers, over } = collectOffers(driver);
  const ofRider = (trips: Trip[]) => trips.filter(({ riderId }) => riderId === 'sdk-way-rider');
  const received = {
    rider: collectStates(rider),
    driver: collectStates(driver),
    dispatcher: [] as TripState[],
  };
  // Other files of this worker may have left trips open.
  dispatcher.on('trip', (trip) => received.dispatcher.push(...ofRider([trip]).map(({ state }) => state)));
  const positions = collectPositions(rider);
  const etas = { rider: 0, driver: 0 };
  rider.on('eta', () => (etas.rider += 1));
  driver.on('eta', () => (etas.driver += 1));
  expect(ofRider(await dispatcher.watchTrips())).toEqual([]);

  const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 3_000) });
  expect(trip).toMatchObject({ state: 'requested', riderId: 'sdk-way-rider' });
  await expect.poll(() => offers).toHaveLength(1);
  expect(offers[0]).toMatchObject({ tripId: trip.id, pickup: place });
  expect(await api('driver', 'sdk-way-driver').openTrips()).toMatchObject([
    { id: trip.id, state: 'offered' },
  ]);
  expect(await driver.accept(trip.id)).toMatchObject({ state: 'accepted', driverId: 'sdk-way-driver' });
  await expect.poll(() => positions.length, { message: 'nobody had to watch again' }).toBeGreaterThan(0);
  driver.push({ t: Date.now(), ...north(place, 50) });
  await expect.poll(() => positions.at(-1)?.lat).toBeCloseTo(north(place, 50).lat, 6);
  await expect.poll(() => Math.min(etas.rider, etas.driver)).toBeGreaterThan(0);
  for (const step of ['arriving', 'arrived', 'on_trip', 'completed'] as const)
    await driver.step(trip.id, step);

  const states = ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip', 'completed'];
  await expect.poll(() => received).toEqual({ rider: states, driver: states.slice(2), dispatcher: states });
  expect(over).toEqual([]);
  expect(new Set(positions.map(({ driverId }) => driverId))).toEqual(new Set(['sdk-way-driver']));
  expect(await rider.openTrip()).toBeNull();
  await expect(driver.step(trip.id, 'arrived')).rejects.toMatchObject({ code: 'BAD_STATE', retry: false });
});

describe('a trip change', () => {
  test('is retried when its response is lost, and applied once', async () => {
    const proxy = await startFlakyProxy(system.url, 2);
    const lossy = api('rider', 'lossy', proxy.url);
    const place = nextPlace();
    const trip = await lossy.requestTrip({ pickup: place, dropoff: place });
    expect(proxy.passed).toBe(3);
    expect(await lossy.openTrips()).toMatchObject([{ id: trip.id }]);
    proxy.passed = 0;
    expect(await lossy.cancelTrip(trip.id)).toMatchObject({ id: trip.id, state: 'cancelled' });
    expect(proxy.passed).toBe(3);
    await proxy.stop();
  });

  test('uses the idempotency key given by the app, even after the app restarts', async () => {
    const place = nextPlace();
    const idempotencyKey = randomUUID();
    const ask = () =>
      api('rider', 'named').requestTrip({ pickup: place, dropoff: place }, { idempotencyKey });
    const trip = await ask();
    expect((await ask()).id).toBe(trip.id);
    await expect(api('rider', 'named').requestTrip({ pickup: place, dropoff: place })).rejects.toMatchObject({
      code: 'RIDER_ON_TRIP',
      retry: false,
    });
    await api('rider', 'named').cancelTrip(trip.id);
  });

  test('is abandoned on timeout or when its signal aborts', async () => {
    const proxy = await startFlakyProxy(system.url, Number.POSITIVE_INFINITY);
    const lossy = api('rider', 'given-up', proxy.url);
    const journey = { pickup: nextPlace(), dropoff: nextPlace() };
    await expect(lossy.requestTrip(journey, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retry: true,
    });
    const leaving = new AbortController();
    const pending = lossy.requestTrip(journey, { signal: leaving.signal });
    leaving.abort(new Error('left'));
    await expect(pending).rejects.toThrow('left');
    await proxy.stop();
    const [trip] = await api('rider', 'given-up').openTrips();
    await api('rider', 'given-up').cancelTrip(trip!.id);
  });
});

describe('an offer', () => {
  test('is emitted once, even after a reconnection, and goes to the next driver when declined', async () => {
    const place = nextPlace();
    const first = await apps.driverAt('sdk-again-1', north(place, 100));
    const second = await apps.driverAt('sdk-again-2', north(place, 500));
    const rider = await apps.rider('sdk-again-rider');
    const received = collectOffers(first);
    const receivedNext = collectOffers(second);
    const trip = await rider.requestTrip({ pickup: place, dropoff: place });
    await expect.poll(() => received.offers).toHaveLength(1);
    first.close();
    const reconnected = first.once('sampling');
    await first.connect();
    await reconnected;
    await first.decline(trip.id);
    await expect.poll(() => receivedNext.offers).toHaveLength(1);
    await second.accept(trip.id);
    expect(received.offers).toHaveLength(1);
    expect(received.over).toEqual([]);
    await expect(first.accept(trip.id)).rejects.toMatchObject({ code: 'OFFER_OVER' });
    await rider.cancelTrip(trip.id);
  });

  test('expires without an answer, for both driver and rider', async () => {
    const place = nextPlace();
    const driver = await apps.driverAt('silent-driver', place);
    const rider = await apps.rider('silent-rider');
    const { offers, over } = collectOffers(driver);
    const states = collectStates(rider);
    const trip = await rider.requestTrip({ pickup: place, dropoff: place });
    await expect.poll(() => offers).toHaveLength(1);
    await expireOffer(system, trip.id);
    await expect.poll(() => over).toEqual([{ tripId: trip.id, reason: 'expired' }]);
    await expect.poll(() => states).toEqual(['requested', 'offered', 'requested']);
    await rider.cancelTrip(trip.id);
    await expect.poll(() => states.at(-1)).toBe('cancelled');
  });
});

test('a driver who was disconnected is notified that the trip was cancelled', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('sdk-away-driver', place);
  const rider = await apps.rider('sdk-away-rider');
  const received: Trip[] = [];
  driver.on('trip', (trip) => received.push(trip));
  // The offer may come before the answer to the request.
  const offered = driver.once('offer');
  const trip = await rider.requestTrip({ pickup: place, dropoff: place });
  await offered;
  await driver.accept(trip.id);
  driver.close();
  await rider.cancelTrip(trip.id);
  await driver.connect();
  await expect.poll(() => received.at(-1)).toMatchObject({ id: trip.id, state: 'cancelled' });
  expect(received.map(({ version }) => version)).toEqual(received.map(({ version }) => version).toSorted());
});

test('a restarted rider app resumes its trip, and is notified of an end that it missed', async () => {
  const place = nextPlace();
  const driver = await apps.driverAt('up-driver', place);
  const before = await apps.rider('up-rider');
  const trip = await before.requestTrip({ pickup: place, dropoff: place });
  await driver.once('offer');
  await driver.accept(trip.id);
  before.close();
  const rider = await apps.rider('up-rider');
  const states = collectStates(rider);
  const positions = collectPositions(rider);
  expect(await rider.openTrip()).toMatchObject({ id: trip.id, state: 'accepted' });
  await expect.poll(() => positions.length).toBeGreaterThan(0);
  rider.close();
  await driver.step(trip.id, 'cancelled');
  await rider.connect();
  await expect.poll(() => states).toEqual(['accepted', 'cancelled']);
});

test('a dispatcher follows all trips, also after a reconnection, and assigns a driver', async () => {
  const place = nextPlace();
  await apps.driverAt('sdk-desk-driver', north(nextPlace(), 0));
  const rider = await apps.rider('sdk-desk-rider');
  const dispatcher = await apps.dispatch('desk');
  const received: Trip[] = [];
  const open: string[][] = [];
  // Other files of this worker may have left trips open.
  const idsOf = (trips: Trip[]) =>
    trips.filter(({ riderId }) => riderId === 'sdk-desk-rider').map(({ id }) => id);
  dispatcher.on('trip', (trip) => trip.riderId === 'sdk-desk-rider' && received.push(trip));
  dispatcher.on('trips', (trips) => open.push(idsOf(trips)));
  const trip = await rider.requestTrip({ pickup: place, dropoff: place });
  expect(idsOf(await dispatcher.watchTrips())).toEqual([trip.id]);
  expect(open).toEqual([[trip.id]]);

  dispatcher.close();
  await api('dispatcher', 'desk').assignTrip(trip.id, 'sdk-desk-driver');
  await dispatcher.connect();
  await expect.poll(() => open).toEqual([[trip.id], [trip.id]]);
  await rider.cancelTrip(trip.id);
  await expect.poll(() => received.map(({ state }) => state)).toEqual(['cancelled']);
  expect(isOpen(received[0]!.state)).toBe(false);

  await dispatcher.unwatchTrips();
  const next = await rider.requestTrip({ pickup: place, dropoff: place });
  await dispatcher.watchTrips();
  expect(open.at(-1)).toEqual([next.id]);
  expect(received).toHaveLength(1);
  await rider.cancelTrip(next.id);
});

import { afterAll, expect } from 'vitest';
import { manhattan, snap } from '#city';
import { distanceM } from '#geo';
import type { DriverStatus, SharedTrip, Trip, TripRoute } from '#protocol';
import { Api, DriverClient } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn } from '../fixtures/browser.js';
import { locateColour } from '../fixtures/colours.js';
import { Apps, clearDrivers } from '../fixtures/journey.js';
import type { Service, System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/** Places of the demo city that other files do not use. */
const PICKUP = { lat: 40.8, lng: -73.958 };
const DROPOFF = { lat: 40.812, lng: -73.95 };
const TRENTON = { lat: 40.2206, lng: -74.7597 };
const NO_SHOW_MS = 1_000;

let system: System;
let apps: Apps;
/** A gateway that knows the demo city. */
let gateway: Service;
let url: string;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
  const settings = { HEXFLEET_DEMO_CITY: '1', HEXFLEET_NO_SHOW_MS: String(NO_SHOW_MS) };
  gateway = await system.startGateway('streets', settings);
  url = gateway.ready.url;
  await clearDrivers(system, PICKUP);
});
afterAll(() => {
  apps.closeAll();
  gateway.process.kill();
});

const apiOf = async (role: 'rider' | 'driver' | 'service', sub: string) =>
  new Api({ url, token: await system.token(role, sub) });

/** A trip of a new rider and a driver near the pick-up, who has accepted it. */
async function tripOf(
  name: string,
  more: object = {},
): Promise<{ trip: Trip; rider: Api; driver: DriverClient }> {
  const rider = await apiOf('rider', `st-r-${name}`);
  const driver = await apps.driverAt(`st-d-${name}`, snap(manhattan(), PICKUP), { url });
  const { id } = await rider.requestTrip({ pickup: PICKUP, dropoff: DROPOFF, ...more });
  await new Promise<void>((resolve) => driver.on('offer', () => resolve()));
  await driver.accept(id);
  await driver.step(id, 'arriving');
  return { trip: await rider.trip(id), rider, driver };
}

test('a pin snaps to the nearest street; far from every street it is refused with the nearest place at one', async () => {
  const api = await apiOf('rider', 'st-pins');
  const { awayM, refusal, ...at } = await api.nearestStreet(PICKUP, 'pickup');
  expect(refusal).toBeNull();
  expect(awayM).toBeCloseTo(distanceM(at, PICKUP), 0);
  expect(snap(manhattan(), at).awayM).toBeLessThan(0.1);
  const refused = await api.requestTrip({ pickup: PICKUP, dropoff: TRENTON }).catch((error) => error);
  expect(refused).toMatchObject({ code: 'NO_STREET_AT_DROPOFF', retry: false });
  expect(snap(manhattan(), refused.nearest).awayM).toBeLessThan(0.1);
  expect((await api.nearestStreet(TRENTON, 'dropoff')).refusal).toEqual({
    code: 'NO_STREET_AT_DROPOFF',
    nearest: refused.nearest,
  });
  await expect(api.requestTrip({ pickup: TRENTON, dropoff: DROPOFF })).rejects.toMatchObject({
    code: 'NO_STREET_AT_PICKUP',
  });
  expect(await api.openTrips()).toEqual([]);
});

test('places are found by text', async () => {
  const api = await apiOf('rider', 'st-search');
  expect((await api.findPlaces('lincoln', PICKUP))[0]).toMatchObject({ name: 'Lincoln Center' });
  const [corner] = await api.findPlaces('amsterdam & w 107', PICKUP);
  expect(corner).toMatchObject({ name: expect.stringContaining('Amsterdam Avenue'), detail: 'Corner' });
  expect(await api.findPlaces('nowhere at all', PICKUP)).toEqual([]);
  await expect(api.findPlaces('x'.repeat(101), PICKUP)).rejects.toMatchObject({ code: 'BAD_TEXT' });
});

test('the route leads along streets from the car to the pick-up, then to the destination; a link shows it if it shows places', async () => {
  const { trip, rider, driver } = await tripOf('route');
  const toPickup = (await rider.route(trip.id))!;
  expect(toPickup).toMatchObject({ to: 'pickup', by: 'demo_city' });
  await driver.step(trip.id, 'arrived');
  expect(await rider.route(trip.id)).toBeNull();
  await driver.step(trip.id, 'on_trip');
  const route = (await rider.route(trip.id))!;
  expect(route.to).toBe('dropoff');
  expect(distanceM(route.line.at(-1)!, snap(manhattan(), DROPOFF))).toBeLessThan(1);
  for (const point of route.line) expect(snap(manhattan(), point).awayM).toBeLessThan(1);

  const shared = async <T>(places: boolean, path = ''): Promise<T> => {
    const { token } = await rider.shareTrip(trip.id, { places });
    return (await fetch(`${url}/api/share/${token}${path}`)).json() as Promise<T>;
  };
  expect(await shared<SharedTrip>(true)).toMatchObject({ pickup: PICKUP, dropoff: DROPOFF });
  expect(await shared<SharedTrip>(false)).toMatchObject({ pickup: null, dropoff: null });
  expect((await shared<TripRoute>(true, '/route')).route).toMatchObject({ to: 'dropoff' });
  expect(await shared<TripRoute>(false, '/route')).toEqual({ route: null });
});

test('a trip with a PIN starts with it only, and is rated by its rider', async () => {
  const { trip, rider, driver } = await tripOf('pin', { withPin: true });
  expect(trip.pin).toMatch(/^\d{4}$/);
  const seen = await (await apiOf('driver', 'st-d-pin')).trip(trip.id);
  expect(seen).toMatchObject({ needsPin: true });
  expect(seen).not.toHaveProperty('pin');
  await driver.step(trip.id, 'arrived');
  await expect(driver.step(trip.id, 'on_trip')).rejects.toMatchObject({ code: 'WRONG_PIN' });
  const wrong = trip.pin === '0000' ? '0001' : '0000';
  await expect(driver.step(trip.id, 'on_trip', { pin: wrong })).rejects.toMatchObject({ code: 'WRONG_PIN' });
  await driver.step(trip.id, 'on_trip', { pin: trip.pin! });
  await driver.step(trip.id, 'completed');
  await expect(rider.rateTrip(trip.id, 6)).rejects.toMatchObject({ code: 'BAD_RATING' });
  await rider.rateTrip(trip.id, 4);
  expect(await (await apiOf('service', 'st-s')).trip(trip.id)).toMatchObject({
    state: 'completed',
    rating: 4,
  });
});

test('a driver who has waited long enough may leave', async () => {
  const { trip, rider, driver } = await tripOf('no-show');
  const { noShowAt, times } = await driver.step(trip.id, 'arrived');
  expect(noShowAt).toBe(times.arrived! + NO_SHOW_MS);
  await expect(driver.reportNoShow(trip.id, { signal: AbortSignal.timeout(200) })).rejects.toThrow();
  await expect.poll(() => driver.reportNoShow(trip.id).then(() => true)).toBe(true);
  expect(await rider.trip(trip.id)).toMatchObject({ cancelled: { by: 'driver', reason: 'no_show' } });
});

test('all devices of a driver see its status, and which of them is followed', async () => {
  const statuses = async (driver: DriverClient) => {
    const seen: DriverStatus[] = [];
    driver.on('status', (status) => seen.push(status));
    return () => seen.map(({ status, deviceId }) => `${status} ${deviceId}`).at(-1);
  };
  const connected = async (deviceId: string) => {
    const client = new DriverClient({ url, token: await system.token('driver', 'st-two'), deviceId });
    const last = await statuses(client);
    await client.connect();
    return { client, last };
  };
  const one = await connected('one');
  await expect.poll(one.last).toBe('offline null');
  await one.client.setStatus('available');
  one.client.push({ t: Date.now(), ...DROPOFF });
  await one.client.drained();
  const two = await connected('two');
  await expect.poll(two.last).toBe('available one');
  await two.client.setStatus('available');
  await expect.poll(one.last).toBe('available two');
  await two.client.setStatus('offline');
  await expect.poll(one.last).toBe('offline two');
  one.client.close();
  two.client.close();
});

test.skipIf(browserPath === '')(
  'in the rider page, a pin snaps, a far destination is moved with consent, places are found by text, and the route is drawn',
  async ({ browser }) => {
    const patient = { timeout: 60_000 };
    const page = await browser.newPage({
      ...CALM,
      viewport: { width: 390, height: 844 },
      colorScheme: 'light',
    });
    const problems = pageErrorsOf(page, url);
    await signIn(page, 'rider', await system.token('rider', 'st-page'));
    await page.goto(`${url}/rider`);
    await page.locator('.map[data-drawn=true]').waitFor(patient);
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
    const find = async (kind: string, text: string, name: string) => {
      await page.locator(`.place[data-kind=${kind}]`).click();
      await page.getByRole('searchbox').fill(text);
      await page.getByRole('list', { name: 'Places' }).getByText(name, { exact: true }).first().click();
      await button('Search').waitFor(patient);
    };
    const nameOf = (kind: string) => page.locator(`.place[data-kind=${kind}] .place-name`).innerText();
    await find('pickup', 'manhattan & 107', 'Manhattan Avenue & West 107th Street');
    await expect.poll(() => nameOf('pickup'), patient).toBe('Manhattan Avenue & West 107th Street');
    await find('dropoff', 'columbus circle', 'Columbus Circle');
    await expect.poll(() => nameOf('dropoff'), patient).toBe('Columbus Circle');
    // The last choice is offered again.
    await button('Search').click();
    await page.getByRole('list', { name: 'Recent places' }).getByText('Columbus Circle').waitFor(patient);
    expect(await accessibilityViolations(page)).toEqual([]);
    await button('Back').click();
    // Across the Hudson, in another state.
    for (let level = 0; level < 4; level += 1) await button('Zoom out').click();
    await page.mouse.click(20, 200);
    const offer = page.locator('.place-offer');
    await offer.waitFor(patient);
    expect(await offer.getAttribute('data-code')).toBe('NO_STREET_AT_DROPOFF');
    await button('Use nearest destination').click();
    await expect.poll(() => offer.count(), patient).toBe(0);

    // Those of other tests are nearer, and do not answer.
    await clearDrivers(system, PICKUP);
    const driver = await apps.driverAt('st-d-page', snap(manhattan(), { lat: 40.8, lng: -73.965 }), { url });
    // After the trip, one of another file may be offered, whose service is stopped before the answer.
    driver.on('offer', ({ tripId }) => void driver.accept(tripId).catch(() => {}));
    await button('Request a car').click();
    await page.locator('.phone[data-step=approach]').waitFor(patient);
    await expect.poll(() => locateColour(page, 'ahead'), patient).not.toBeNull();
    const tripId = (await page.locator('.phone').getAttribute('data-trip'))!;
    const { pickup } = await (await apiOf('service', 'st-s')).trip(tripId);
    // A phone goes on reporting; a single fix so far away at once could be an error of its receiver.
    const arrivesAtPickup = async () => {
      driver.push({ t: Date.now(), ...pickup });
      return page.getByText('Arriving now').count();
    };
    await expect.poll(arrivesAtPickup, patient).toBe(1);
    await driver.step(tripId, 'cancelled').catch(() => {});
    expect(problems).toEqual([]);
  },
  120_000,
);

test('an unknown address has a page for people, and an answer for programs', async () => {
  const get = (path: string, accept: string) => fetch(url + path, { headers: { accept } });
  const page = await get('/no/such/page', 'text/html,*/*;q=0.8');
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(await page.text()).toContain('There’s no page at this address');
  for (const [path, accept] of [
    ['/no/such/page', '*/*'],
    ['/api/none', 'text/html'],
  ] as const)
    expect((await get(path, accept)).headers.get('content-type')).toContain('application/problem+json');
});

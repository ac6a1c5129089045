import type { Browser } from 'playwright-core';
import { afterAll, describe, type ExpectStatic, type TestContext } from 'vitest';
import { destination, distanceM, RIDER_GRID_M } from '#geo';
import type { DriverPosition, OfferedTrip, Position, Trip } from '#protocol';
import { type ConnectionState, DispatchClient, DriverClient, RiderClient } from '#sdk';
import { browserPath, CALM } from '../fixtures/browser.js';
import { beyond } from '../fixtures/clients.js';
import { type Filter, type FilterProxy, startFilterProxy } from '../fixtures/filter-proxy.js';
import { Apps, collectStates, north, placesFrom } from '../fixtures/journey.js';
import { openSdkPage } from '../fixtures/sdk-page.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const nextPlace = placesFrom(-30);
const SLOW = { timeout: 30_000 };

let system: System;
let apps: Apps;
test.beforeAll(async ({ system: shared }) => {
  system = shared;
  apps = new Apps(system);
});
afterAll(() => apps.closeAll());

/** Starts a proxy for one test. */
async function filtered(
  onFinished: TestContext['onTestFinished'],
  filter: Partial<Filter>,
): Promise<FilterProxy> {
  const proxy = await startFilterProxy(system.url, filter);
  onFinished(() => proxy.stop());
  return proxy;
}

/** Collects connection states such as `online websocket`, `degraded events` and `offline`. */
function collectTransports(client: {
  on(event: 'connection', listener: (state: ConnectionState) => void): unknown;
}) {
  const states: string[] = [];
  client.on('connection', (state) => {
    const now = 'transport' in state ? `${state.state} ${state.transport}` : state.state;
    // Each failed attempt is emitted with its reason.
    if (states.at(-1) !== now) states.push(now);
  });
  return states;
}

/** Runs a trip from request to end and returns the connection states of both apps; calls `step` before each state. */
async function wholeTrip(
  expect: ExpectStatic,
  name: string,
  where: { url: string },
  step: (state: string, transports: string[][]) => Promise<void>,
) {
  const place = nextPlace();
  const rider = await apps.rider(`tp-${name}-rider`, where);
  const driver = await apps.driverAt(`tp-${name}-driver`, north(place, 50), where);
  const states = { rider: collectTransports(rider), driver: collectTransports(driver) };
  const trips: Trip[] = [];
  const positions: DriverPosition[] = [];
  const offers: OfferedTrip[] = [];
  rider.on('trip', (trip) => trips.push(trip));
  rider.on('position', (position) => positions.push(position));
  driver.on('offer', (offer) => offers.push(offer));

  const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 2_000) });
  await expect.poll(() => offers.length, SLOW).toBe(1);
  await driver.accept(trip.id);
  const sent: number[] = [];
  for (const [i, state] of (['arriving', 'arrived', 'on_trip', 'completed'] as const).entries()) {
    await step(state, [states.rider, states.driver]);
    const fix = { t: Date.now(), ...north(place, 40 - 10 * i) };
    driver.push(fix);
    sent.push(fix.t);
    await driver.drained();
    await expect
      .poll(() => positions.at(-1)?.t, { ...SLOW, message: `a position before ${state}` })
      .toBe(fix.t);
    await driver.step(trip.id, state);
    await expect.poll(() => trips.at(-1)?.state, SLOW).toBe(state);
  }
  expect(trips.map(({ state }) => state)).toEqual([
    'requested',
    'offered',
    'accepted',
    'arriving',
    'arrived',
    'on_trip',
    'completed',
  ]);
  const times = positions.map(({ t }) => t);
  expect(times).toEqual([...new Set(times)].toSorted());
  expect(times).toEqual(expect.arrayContaining(sent));
  expect(offers).toHaveLength(1);
  return states;
}

const nothing = async () => {};

test.concurrent.for(['refuse', 'swallow'] as const)(
  'long polling is used until a proxy lets the WebSocket upgrade through (%s)',
  async (upgrade, { expect, onTestFinished }) => {
    const proxy = await filtered(onTestFinished, { upgrade });
    const states = await wholeTrip(expect, `poll-${upgrade}`, proxy, nothing);
    expect(proxy.passed).not.toContain('websocket');
    expect(states).toEqual({ rider: [], driver: [] });
    expect(proxy.passed.filter((path) => path.startsWith('/api/stream'))).toEqual([]);
    if (upgrade === 'swallow') return;
    proxy.update({ upgrade: 'pass' });
    await expect
      .poll(() => states, SLOW)
      .toEqual({ rider: ['online websocket'], driver: ['online websocket'] });
  },
);

describe.concurrent('on a network that blocks Socket.IO', () => {
  test.for(['pass', 'buffer'] as const)(
    'a trip is followed to its end (server-sent events: %s)',
    async (events, { expect, onTestFinished }) => {
      const proxy = await filtered(onTestFinished, { socketIo: 'refuse', events });
      await wholeTrip(expect, `read-${events}`, proxy, nothing);
      expect(proxy.passed.some((path) => path.startsWith('/api/poll'))).toBe(events === 'buffer');
      expect(proxy.passed.filter((path) => path.startsWith('/socket.io'))).toEqual([]);
    },
  );

  test.for(['pass', 'buffer'] as const)(
    'nearby cars are visible (server-sent events: %s)',
    async (events, { expect, onTestFinished }) => {
      const where = await filtered(onTestFinished, { socketIo: 'refuse', events });
      const pin = nextPlace();
      const rider = await apps.rider(`tp-near-${events}-rider`, where);
      const driver = await apps.driverShownAt(`near-${events}-driver`, north(pin, 100));
      const further = (metres: number, from = north(pin, 100)) => destination(from, 90, metres);
      /** Whether the one car is drawn at a place, as exactly as its grid allows. */
      const isAt = (place: Position) => {
        const [car, ...others] = rider.cars;
        return others.length === 0 && car !== undefined && distanceM(car, place) < RIDER_GRID_M;
      };
      await rider.watchNearby({ ...pin, radiusM: 500 });
      await expect.poll(() => isAt(north(pin, 100)), SLOW).toBe(true);
      const ahead = beyond(north(pin, 100));
      driver.push({ t: Date.now() + 1_900, ...further(60, ahead) });
      await expect.poll(() => isAt(further(62)), SLOW).toBe(true);
      expect(isAt(north(pin, 100))).toBe(false);
      await driver.setStatus('offline');
      await expect.poll(() => rider.cars.size, SLOW).toBe(0);
      await rider.unwatchNearby();
      expect(rider.cars.size).toBe(0);
    },
  );

  test('requests that need a socket are refused or wait, and a dispatcher has no HTTP fallback', async ({
    expect,
    onTestFinished,
  }) => {
    const proxy = await filtered(onTestFinished, { socketIo: 'refuse' });
    const { url } = proxy;
    const place = nextPlace();
    const rider = await apps.rider('tp-chat-rider', { url });
    const driver = await apps.driverAt('tp-chat-driver', place);
    const offered = driver.once('offer');
    const trip = await rider.requestTrip({ pickup: place, dropoff: place });
    await offered;
    await driver.accept(trip.id);
    await expect(rider.chat(trip.id).history()).rejects.toMatchObject({
      code: 'SOCKET_REQUIRED',
      retry: true,
    });
    const texts: string[] = [];
    driver.chat(trip.id).on('message', ({ text }) => texts.push(text));
    const sent = rider.chat(trip.id).send('At the entrance');
    const dispatcher = new DispatchClient({ url, token: await system.token('dispatcher', 'chat-desk') });
    const dispatcherStates = collectTransports(dispatcher);
    const connected = dispatcher.connect();
    await expect.poll(() => dispatcherStates, SLOW).toContain('offline');

    const states = collectTransports(rider);
    proxy.update({ socketIo: 'pass' });
    await expect.poll(() => states, SLOW).toEqual(['online websocket']);
    await sent;
    await expect.poll(() => texts, SLOW).toEqual(['At the entrance']);
    await connected;
    expect(dispatcherStates.filter((state) => state.startsWith('degraded'))).toEqual([]);
    dispatcher.close();
    await rider.cancelTrip(trip.id);
  });

  test('a refused token is also final over HTTP', async ({ expect, onTestFinished }) => {
    const { url } = await filtered(onTestFinished, { socketIo: 'refuse' });
    const stranger = new RiderClient({ url, token: 'nonsense' });
    await expect(stranger.connect()).rejects.toMatchObject({ code: 'BAD_TOKEN' });
    const driver = new DriverClient({ url, token: await system.token('driver', 'brief', '6s') });
    const states = collectTransports(driver);
    await driver.connect();
    await expect.poll(() => states, SLOW).toEqual(['connecting', 'offline', 'degraded events', 'refused']);
  });

  test('an app started in the middle of a trip resumes it', async ({ expect, onTestFinished }) => {
    const place = nextPlace();
    const driver = await apps.driverAt('tp-start-driver', place);
    const rider = await apps.rider('tp-start-rider');
    const offered = driver.once('offer');
    const trip = await rider.requestTrip({ pickup: place, dropoff: place });
    await offered;
    await driver.accept(trip.id);
    for (const client of [driver, rider]) client.close();

    const { url } = await filtered(onTestFinished, { socketIo: 'refuse' });
    const again = new DriverClient({ url, token: await system.token('driver', 'tp-start-driver') });
    const resumed = again.once('trip');
    await again.connect();
    expect(await resumed).toMatchObject({ id: trip.id, state: 'accepted' });
    const riderAgain = await apps.rider('tp-start-rider', { url });
    const states = collectStates(riderAgain);
    const moved = riderAgain.once('position');
    await riderAgain.openTrip();
    expect(await moved).toMatchObject({ driverId: 'tp-start-driver' });
    await again.step(trip.id, 'cancelled');
    await expect.poll(() => states, SLOW).toEqual(['accepted', 'cancelled']);
    again.close();
  });
});

describe.skipIf(browserPath === '').concurrent('in a real browser', () => {
  let browser: Browser;
  test.beforeAll(async ({ browser: sharedBrowser }) => {
    browser = sharedBrowser;
  });

  test.for([
    ['nothing is in the way', {}, 'online websocket'],
    ['no upgrade passes', { upgrade: 'refuse' }, 'online polling'],
    ['nothing of Socket.IO passes', { socketIo: 'refuse' }, 'degraded events'],
    ['events are also buffered', { socketIo: 'refuse', events: 'buffer' }, 'degraded poll'],
  ] as Array<[string, Partial<Filter>, string]>)(
    '%s',
    async ([name, filter, way], { expect, onTestFinished }) => {
      const { url } = await filtered(onTestFinished, filter);
      const pin = nextPlace();
      const driver = await apps.driverShownAt(`page ${name}`.replaceAll(/\W/g, '-'), pin);
      const page = await browser.newPage(CALM);
      const requested = await openSdkPage(page, url);
      const token = await system.token('rider', 'tp-page-rider');
      await page.evaluate(`
      window.ways = [];
      window.rider = new sdk.RiderClient({ token: '${token}' });
      rider.on('connection', ({ state, transport }) => ways.push(state + ' ' + transport));
      rider.connect().then(() => rider.watchNearby({ lat: ${pin.lat}, lng: ${pin.lng}, radiusM: 500 }));
      void 0`);
      await page.waitForFunction('rider.cars.size === 1');
      expect(await page.evaluate('ways.at(-1)')).toBe(way);
      await driver.setStatus('offline');
      await page.waitForFunction('rider.cars.size === 0');
      expect(requested.some((file) => file.startsWith('http-fallback'))).toBe(way.startsWith('degraded'));
      expect(await page.evaluate('ways.at(-1)')).toBe(way);
      await page.close();
    },
  );
});

test.concurrent('when the network changes during a trip, the transport changes and nothing is lost or emitted twice', async ({
  expect,
  onTestFinished,
}) => {
  const proxy = await filtered(onTestFinished, { socketIo: 'refuse' });
  const changes: Record<string, [Partial<Filter>, way: string]> = {
    arrived: [{ socketIo: 'pass' }, 'online websocket'],
    on_trip: [{ socketIo: 'refuse' }, 'degraded events'],
    completed: [{ socketIo: 'pass' }, 'online websocket'],
  };
  await wholeTrip(expect, 'change', proxy, async (state, transports) => {
    if (changes[state] === undefined) return;
    const [filter, way] = changes[state];
    proxy.update(filter);
    for (const states of transports) await expect.poll(() => states.at(-1), SLOW).toBe(way);
  });
});

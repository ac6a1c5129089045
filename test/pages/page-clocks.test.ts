import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Position } from '#protocol';
import { Api, DriverApi } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, signIn, withoutMap } from '../fixtures/browser.js';
import { ask, connectStock } from '../fixtures/clients.js';
import { startFilterProxy } from '../fixtures/filter-proxy.js';
import { clearDrivers, north } from '../fixtures/journey.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const PHONE = { width: 390, height: 844 };
const START = { lat: 40.75415, lng: -73.98464 };
const MINUTE = 60_000;

/** Sets the clock of a page, later again with `setClock`; `performance.now()` goes on as it is. */
const withClock = (aheadMs: number) => `
  let ahead = ${aheadMs};
  window.setClock = (ms) => { ahead = ms; };
  const Real = Date;
  window.Date = class extends Real {
    constructor(...given) { given.length === 0 ? super(Real.now() + ahead) : super(...given); }
    static now() { return Real.now() + ahead; }
  };`;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const heading = (page: Page, text: string) => page.locator('h1').filter({ hasText: text }).waitFor(PATIENT);

describe.skipIf(browserPath === '')('pages on a device whose clock is wrong', () => {
  let system: System;
  let browser: Browser;
  let service: Api;
  const driving: NodeJS.Timeout[] = [];
  test.beforeAll(async ({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
    service = new Api({ url: system.url, token: await system.token('service', 's') });
  });
  beforeEach(() => clearDrivers(system, START));
  afterEach(async () => {
    for (const timer of driving.splice(0)) clearInterval(timer);
    for (const context of browser.contexts()) await context.close();
  });

  async function opened(
    path: string,
    role: 'rider' | 'driver',
    user: string,
    {
      aheadMs = 0,
      origin = system.url,
      ...options
    }: { aheadMs?: number; origin?: string } & Parameters<Browser['newPage']>[0] = {},
  ): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: PHONE, ...options });
    await withoutMap(page.context());
    await page.addInitScript(withClock(aheadMs));
    await signIn(page, role, await system.token(role, user));
    await page.goto(origin + path);
    return page;
  }

  /** Whether the newest position has the time at which the service received it. */
  const isTimed = async (driverId: string) => {
    const position = (await service.driver(driverId).catch(() => null))?.position;
    return position != null && Math.abs(position.receivedAt - position.t) < 2_500;
  };

  test('a driver with a phone five minutes fast is visible, and learns that the clock is corrected', async () => {
    const page = await opened(`/driver?at=${START.lat},${START.lng}`, 'driver', 'c-fast', {
      aheadMs: 5 * MINUTE,
    });
    await button(page, 'Go online').click();
    await page.getByText('This device’s clock is 5 min fast.').waitFor(PATIENT);
    await heading(page, 'Waiting for a trip');
    await expect.poll(() => isTimed('c-fast'), PATIENT).toBe(true);
    expect((await service.driver('c-fast')).status).toBe('available');
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);

    // The clock is set right while the page is open.
    await page.evaluate('setClock(0)');
    await expect.poll(() => page.getByText('This device’s clock').count(), PATIENT).toBe(0);
    await expect.poll(() => isTimed('c-fast'), PATIENT).toBe(true);
    await page.evaluate(`setClock(${-2 * MINUTE})`);
    await page.getByText('This device’s clock is 2 min slow.').waitFor(PATIENT);
    await expect.poll(() => isTimed('c-fast'), PATIENT).toBe(true);
  }, 90_000);

  test('where Socket.IO is blocked, the clock is corrected over HTTP', async ({ onTestFinished }) => {
    const proxy = await startFilterProxy(system.url, { socketIo: 'refuse' });
    onTestFinished(() => proxy.stop());
    const path = `/driver?at=${START.lat},${START.lng}`;
    const page = await opened(path, 'driver', 'c-blocked', { aheadMs: -3 * MINUTE, origin: proxy.url });
    await button(page, 'Go online').click();
    await page.getByText('This device’s clock is 3 min slow.').waitFor(PATIENT);
    await expect.poll(() => isTimed('c-blocked'), PATIENT).toBe(true);
    // It goes on being measured, over HTTP too.
    await page.evaluate(`setClock(${4 * MINUTE})`);
    await page.getByText('This device’s clock is 4 min fast.').waitFor(PATIENT);
    await expect.poll(() => isTimed('c-blocked'), PATIENT).toBe(true);
  }, 90_000);

  test('a driver whose positions are rejected learns that nobody sees the car, and why', async () => {
    const page = await opened('/driver', 'driver', 'c-island', {
      permissions: ['geolocation'],
      geolocation: { latitude: 0, longitude: 0 },
    });
    await page.getByRole('radio', { name: 'This device' }).check();
    await button(page, 'Go online').click();
    await heading(page, 'Nobody can see your car');
    await page.getByText('This device has no valid location yet.').waitFor(PATIENT);
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);
    let metres = 0;
    const movedTitle = async () => {
      // A phone that moves reports again; the browser may not deliver a single change that comes too early.
      metres += 1;
      const { lat, lng } = north(START, metres);
      await page.context().setGeolocation({ latitude: lat, longitude: lng });
      return page.locator('h1').innerText();
    };
    await expect.poll(movedTitle, { ...PATIENT, interval: 1_000 }).toBe('Waiting for a trip');
  }, 60_000);

  test('a car with a phone two minutes slow is fresh for a rider whose own clock is ten minutes fast', async () => {
    const place: Position = north(START, 300);
    const token = await system.token('driver', 'c-slow');
    const driver = await connectStock(system.url, '/driver', token);
    await ask(driver, 'status', 'available');
    const push = () =>
      ask(driver, 'fixes', [{ t: Date.now() - 2 * MINUTE, ...north(place, driving.length) }]).catch(() => {});
    driving.push(setInterval(push, 1_000));
    await expect
      .poll(async () => (await service.driver('c-slow').catch(() => null))?.status, PATIENT)
      .toBe('available');
    const driverApi = new DriverApi({ url: system.url, token });
    driver.socket.on('offer', ({ tripId }) => driverApi.acceptOffer(tripId).catch(() => {}));
    const page = await opened('/rider', 'rider', 'c-rider', { aheadMs: 10 * MINUTE });
    await button(page, 'Penn Station').click();
    await button(page, 'Request a car').click();
    await heading(page, 'Your car is on the way');
    await expect.poll(() => page.locator('.arrival').innerText(), PATIENT).toMatch(/\d+\s+(min|s)/);
    expect(await page.locator('.arrival').innerText()).not.toMatch(/1\d\s+min/);
    expect(await page.locator('.phone').getAttribute('data-stale')).toBe('false');
    await button(page, /^Chat/).click();
    await page.getByText('Online', { exact: true }).waitFor(PATIENT);
    driver.socket.disconnect();
    await page.getByText(/^Last seen \d+(\.\d)? s ago$/).waitFor(PATIENT);
  }, 90_000);
});

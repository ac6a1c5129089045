import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Position, Role } from '#protocol';
import { Api } from '#sdk';
import { blockSiteData, browserPath, CALM, pageErrorsOf, signIn, withoutMap } from '../fixtures/browser.js';
import { beyond } from '../fixtures/clients.js';
import { Apps, clearDrivers, north } from '../fixtures/journey.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const PHONE = { width: 390, height: 844 };
/** A window of 1280 by 800 at a zoom of 200 %. */
const ZOOMED = { ...CALM, viewport: { width: 640, height: 400 } };
/** First place of the rider's pick-up pin. */
const START = { lat: 40.75415, lng: -73.98464 };
const PAGES = ['/', '/rider', '/driver', '/dispatch', `/share/${'A'.repeat(32)}`];
/** Replaces each text node, also later ones, as the translation of a browser does. */
const TRANSLATE = `{
  const translated = (text) => {
    const font = document.createElement('font');
    font.append(document.createElement('font'));
    font.firstChild.textContent = text.nodeValue;
    text.replaceWith(font);
  };
  const translate = (root) => {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) found.push(texts.currentNode);
    for (const text of found) {
      const parent = text.parentElement;
      if (text.nodeValue.trim() !== '' && !parent.closest('font, script, style, textarea')) translated(text);
    }
  };
  translate(document.body);
  new MutationObserver(() => translate(document.body)).observe(document.body, {
    subtree: true, childList: true, characterData: true,
  });
}`;

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const heading = (page: Page, text: string) => page.locator('h1').filter({ hasText: text }).waitFor(PATIENT);
const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth');

describe.skipIf(browserPath === '')('browsers as they are', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let service: Api;
  const driving: NodeJS.Timeout[] = [];
  test.beforeAll(async ({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
    apps = new Apps(system);
    service = new Api({ url: system.url, token: await system.token('service', 's') });
  });
  beforeEach(() => clearDrivers(system, START));
  afterEach(async () => {
    for (const timer of driving.splice(0)) clearInterval(timer);
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  async function opened(
    path: string,
    role: Role,
    user: string,
    { hasMap = true, ...options }: { hasMap?: boolean } & BrowserContextOptions = {},
  ): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: PHONE, ...options });
    if (!hasMap) await withoutMap(page.context());
    await signIn(page, role, await system.token(role, user));
    await page.goto(system.url + path);
    return page;
  }

  /** A driver who stands at a place, accepts every offer and sets out. */
  async function driverAt(driverId: string, place: Position) {
    const driver = await apps.driverShownAt(driverId, place);
    driving.push(setInterval(() => driver.push({ t: Date.now(), ...beyond(place) }), 1_000));
    driver.on('offer', async ({ tripId }) => {
      await driver.accept(tripId);
      await driver.step(tripId, 'arriving');
    });
    return driver;
  }

  test('a translated rider page goes through a whole trip, and every text is current', async () => {
    const driver = await driverAt('browser-t-driver', north(START, 300));
    const page = await opened('/rider', 'rider', 'browser-t-rider');
    const pageErrors = pageErrorsOf(page, system.url);
    await button(page, 'Penn Station').waitFor(PATIENT);
    await page.evaluate(TRANSLATE);
    await page.getByText('1 car nearby').waitFor(PATIENT);
    await button(page, 'Penn Station').click();
    await button(page, 'Request a car').click();
    await heading(page, 'Your car is on the way');
    const tripId = (await page.locator('.phone').getAttribute('data-trip'))!;
    await button(page, /^Chat/).click();
    await driver.chat(tripId).send('I am here');
    await page.getByRole('log').getByText('I am here').waitFor(PATIENT);
    await page.keyboard.press('Escape');
    await driver.step(tripId, 'arrived');
    await heading(page, 'Your car is here');
    const waited = () => page.locator('.arrival').innerText();
    const before = await waited();
    await expect.poll(waited, PATIENT).not.toBe(before);
    await driver.step(tripId, 'on_trip');
    await heading(page, 'On your way');
    await driver.step(tripId, 'completed');
    await button(page, 'Done').click();
    await heading(page, 'Where to?');
    expect(pageErrors).toEqual([]);
  }, 120_000);

  test('a translated driver page and board show an offer, a trip and its end', async () => {
    const page = await opened(`/driver?at=${START.lat},${START.lng}`, 'driver', 't-page');
    const pageErrors = pageErrorsOf(page, system.url);
    await button(page, 'Go online').click();
    await heading(page, 'Waiting for a trip');
    await page.evaluate(TRANSLATE);
    await expect
      .poll(async () => (await service.driver('t-page').catch(() => null))?.status)
      .toBe('available');
    const board = await opened('/dispatch?driver=t-page', 'dispatcher', 'browser-t-desk', {
      viewport: { width: 1_280, height: 800 },
    });
    const boardErrors = pageErrorsOf(board, system.url);
    await board.locator('.card-fixes tbody tr').first().waitFor(PATIENT);
    await board.evaluate(TRANSLATE);
    const at = (await service.driver('t-page')).position!;
    const rider = await apps.rider('t-asks');
    const trip = await rider.requestTrip({ pickup: north(at, 0), dropoff: north(at, 1_500) });
    await heading(page, 'New trip');
    await button(page, 'Accept').click();
    await heading(page, 'Drive to pick-up');
    await board.locator(`.card-trip[data-trip="${trip.id}"]`).waitFor(PATIENT);
    await board
      .locator('.card-trip')
      .getByText('Arriving')
      .or(board.getByText('On the way'))
      .first()
      .waitFor(PATIENT);
    await rider.cancelTrip(trip.id);
    await heading(page, 'Trip cancelled');
    await button(page, 'Next trip').click();
    await heading(page, 'Waiting for a trip');
    await expect.poll(() => board.locator('.card-trip').count(), PATIENT).toBe(0);
    await board.getByRole('searchbox').fill('nobody');
    await board.getByText('No vehicles match the filters').waitFor(PATIENT);
    expect([...pageErrors, ...boardErrors]).toEqual([]);
  }, 120_000);

  test('pages work in a browser that blocks cookies and site data', async () => {
    const context = await browser.newContext({ ...CALM, viewport: PHONE });
    await blockSiteData(context);
    const page = await context.newPage();
    const pageErrors = pageErrorsOf(page, system.url);
    await page.goto(`${system.url}/rider`);
    await expect(page.evaluate('sessionStorage.length')).rejects.toThrow('Access is denied');
    await heading(page, 'Where to?');
    await page.goto(`${system.url}/driver`);
    await button(page, 'Go online').click();
    await heading(page, 'Waiting for a trip');
    const driverId = await page.locator('.phone').getAttribute('data-user');
    await expect
      .poll(async () => (await service.driver(driverId!).catch(() => null))?.status, PATIENT)
      .toBe('available');
    await page.goto(`${system.url}/dispatch`);
    await page.locator('.board[data-connection=online]').waitFor(PATIENT);
    expect(pageErrors).toEqual([]);
    await context.close();
  }, 120_000);

  test('every page says what it needs where scripts are disabled', async () => {
    const page = await browser.newPage({ ...CALM, viewport: PHONE, javaScriptEnabled: false });
    for (const path of PAGES) {
      await page.goto(system.url + path);
      const sentences = page.locator('noscript p');
      expect(await sentences.allInnerTexts()).toEqual([
        expect.stringContaining('needs JavaScript'),
        expect.stringContaining('necesita JavaScript'),
      ]);
      const box = await sentences.last().boundingBox();
      expect(box!.y + box!.height).toBeLessThan(PHONE.height);
    }
  });

  test('a page that was frozen while its connection ended shows the current state when it is back', async () => {
    const driver = await driverAt('browser-f-driver', north(START, 300));
    const page = await opened('/rider', 'rider', 'browser-f-rider', { hasMap: false });
    await button(page, 'Penn Station').click();
    await button(page, 'Request a car').click();
    await heading(page, 'Your car is on the way');
    const tripId = (await page.locator('.phone').getAttribute('data-trip'))!;
    const lifecycle = await page.context().newCDPSession(page);
    await lifecycle.send('Page.setWebLifecycleState', { state: 'frozen' });
    const connections = async () => (await service.presence('browser-f-rider')).connections.length;
    // Repeated, because a busy page freezes a little later and may have reconnected before.
    const disconnected = async () => {
      await service.disconnectUser('rider', 'browser-f-rider');
      return connections();
    };
    await expect.poll(disconnected, PATIENT).toBe(0);
    await driver.step(tripId, 'arrived');
    await lifecycle.send('Page.setWebLifecycleState', { state: 'active' });
    await heading(page, 'Your car is here');
    await expect.poll(connections, PATIENT).toBe(1);
  }, 90_000);

  test('all windows of a driver agree on the status, and on which of them is followed', async () => {
    const windowOf = async () => {
      const path = `/driver?at=${START.lat},${START.lng}`;
      const page = await opened(path, 'driver', 'browser-w-driver', { hasMap: false });
      return page;
    };
    const first = await windowOf();
    await heading(first, 'You’re offline');
    await button(first, 'Go online').click();
    await heading(first, 'Waiting for a trip');
    await expect
      .poll(async () => (await service.driver('browser-w-driver').catch(() => null))?.status, PATIENT)
      .toBe('available');
    const second = await windowOf();
    await heading(second, 'You’re online on another device or in another window');
    await button(second, 'Go online').click();
    await heading(second, 'Waiting for a trip');
    await heading(first, 'You’re online on another device or in another window');
    expect((await service.driver('browser-w-driver')).status).toBe('available');
    await button(first, 'Go online').click();
    await heading(first, 'Waiting for a trip');
    await heading(second, 'You’re online on another device or in another window');
    expect((await service.driver('browser-w-driver')).status).toBe('available');
    await button(first, 'Go offline').click();
    await heading(second, 'You’re offline');
  }, 90_000);

  test('a driver’s tab stays the same device when it is reloaded, and a copy of it is another one', async () => {
    const page = await opened('/driver', 'driver', 'browser-d-driver', { hasMap: false });
    const deviceOf = async (tab: Page) => {
      await heading(tab, 'You’re offline');
      return tab.evaluate("sessionStorage.getItem('hexfleet-device-driver')");
    };
    const device = await deviceOf(page);
    await page.reload();
    expect(await deviceOf(page)).toBe(device);
    const copied = page.waitForEvent('popup');
    // The storage of the tab is copied to a window that it opens.
    await page.evaluate('void window.open(location.href)');
    const copy = await copied;
    await heading(copy, 'You’re offline');
    await expect.poll(() => deviceOf(copy), PATIENT).not.toBe(device);
    expect(await deviceOf(page)).toBe(device);
  }, 90_000);

  test('links work with what a chat app has appended to them', async () => {
    const driver = await driverAt('browser-l-driver', north(START, 2_000));
    const pickup = north(START, 2_100);
    const trip = await service.createTrip({
      riderId: 'browser-l-rider',
      driverId: 'browser-l-driver',
      pickup,
      dropoff: north(START, 3_000),
    });
    await driver.step(trip.id, 'arriving');
    const { url } = await service.shareTrip(trip.id);
    const page = await browser.newPage({ ...CALM, viewport: PHONE });
    await withoutMap(page.context());
    for (const appended of ['/', '.', ')', '].', '%E2%80%9D', '>', '/?utm_source=chat']) {
      await page.goto(system.url + url + appended);
      await page.getByRole('status').filter({ hasText: 'On the way to the pick-up' }).waitFor(PATIENT);
      expect(new URL(page.url()).pathname).toBe(url);
    }
    await page.goto(`${system.url}/share/short)`);
    await heading(page, 'This link is no longer valid');
    const board = await opened('/dispatch/?driver=browser-l-driver).', 'dispatcher', 'browser-l-desk');
    await board.locator('.vehicle-card[data-driver=browser-l-driver]').waitFor(PATIENT);
    await service.cancelTrip(trip.id);
  }, 120_000);

  test('at a zoom of 200 % nothing overflows, and the main button of each page can be used', async () => {
    const rider = await opened('/rider', 'rider', 'browser-z-rider', { ...ZOOMED, hasMap: false });
    await button(rider, 'Union Square').click();
    await button(rider, 'Request a car').click({ trial: true, ...PATIENT });
    const driver = await opened('/driver', 'driver', 'browser-z-driver', { ...ZOOMED, hasMap: false });
    await button(driver, 'Go online').click(PATIENT);
    await button(driver, 'Go offline').click(PATIENT);
    const board = await opened('/dispatch', 'dispatcher', 'browser-z-desk', ZOOMED);
    await button(board, 'Zoom out').click(PATIENT);
    for (const page of [rider, driver, board]) expect(await overflow(page)).toBeLessThanOrEqual(0);
  }, 90_000);

  test('the board shows the vehicles on both sides of the antimeridian', async () => {
    await driverAt('a-west', { lat: -16.8, lng: 179.9985 });
    await driverAt('a-east', { lat: -16.8, lng: -179.9985 });
    const page = await opened('/dispatch?driver=a-west', 'dispatcher', 'a-desk', {
      viewport: { width: 1_280, height: 800 },
    });
    const rows = page.locator('.fleet-row');
    await expect.poll(() => rows.count(), PATIENT).toBe(2);
    const bbox = [179.99, -16.81, -179.99, -16.79] as const;
    const token = await system.token('service', 's');
    const response = await fetch(`${system.url}/api/fleet?bbox=${bbox.join()}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { vehicles } = (await response.json()) as { vehicles: Array<{ id: string }> };
    expect(vehicles.map(({ id }) => id).sort()).toEqual(['a-east', 'a-west']);
    const history = await service.fleetHistory([...bbox]);
    expect(history.vehicles.map(({ driverId }) => driverId).sort()).toEqual(['a-east', 'a-west']);
  }, 60_000);
});

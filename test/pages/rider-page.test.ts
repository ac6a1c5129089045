import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { Position, Trip } from '#protocol';
import { Api } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn, withoutMap } from '../fixtures/browser.js';
import { beyond } from '../fixtures/clients.js';
import { locateColour } from '../fixtures/colours.js';
import { Apps, clearDrivers, endSearch, north } from '../fixtures/journey.js';
import { formatCost, measureCost } from '../fixtures/page-cost.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

/** For all scripts of the page, including the map library. */
const MAX_SCRIPT_BYTES = 400_000;
const PATIENT = { timeout: 60_000 };
const STORED_LINK = `sessionStorage.getItem('hexfleet-share')`;
/** Shorter than the timeout of any request. */
const AT_ONCE = { timeout: 3_000 };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };
/** First place of the pick-up pin. */
const START = { lat: 40.75415, lng: -73.98464 };

const attribute = (page: Page, name: string) => page.locator('.phone').getAttribute(`data-${name}`);
const atStep = (page: Page, step: string) => page.locator(`.phone[data-step=${step}]`).waitFor(PATIENT);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

const hasLoaded = (page: Page, script: string) =>
  page.evaluate(
    `performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/${script}-') && responseEnd > 0)`,
  );

/** Nothing overflows the screen, and there are no accessibility violations. */
async function expectAccessible(page: Page): Promise<void> {
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
  // Retry, because elements that fade in have low contrast at first.
  await expect.poll(() => accessibilityViolations(page)).toEqual([]);
}

describe.skipIf(browserPath === '')('the rider app in a real browser', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  const driving: NodeJS.Timeout[] = [];
  test.beforeAll(({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
    apps = new Apps(system);
  });
  beforeEach(() => clearDrivers(system, START));
  afterEach(async () => {
    for (const timer of driving.splice(0)) clearInterval(timer);
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  /** A driver on the other gateway that accepts every offer and drives south until `stand` is called. */
  async function drivingFrom(driverId: string, place: Position) {
    const driver = await apps.driverShownAt(driverId, place, { url: system.gateways[1]!.url });
    let metres = 0;
    let drives = true;
    driving.push(
      setInterval(() => {
        if (drives) metres += 8;
        driver.push({ t: Date.now(), ...north(beyond(place), -metres) });
      }, 1_000),
    );
    driver.on('offer', ({ tripId }) => driver.accept(tripId).catch(() => {}));
    const stand = () => {
      drives = false;
    };
    return { driver, stand };
  }

  const origin = () => system.gateways[0]!.url;

  async function opened(
    riderId: string,
    { hasMap = true, ...options }: { hasMap?: boolean } & BrowserContextOptions,
  ): Promise<Page> {
    const page = await browser.newPage({ ...CALM, ...options });
    if (!hasMap) await withoutMap(page.context());
    const costOf = measureCost(page);
    const openedAt = performance.now();
    await signIn(page, 'rider', await system.token('rider', riderId));
    await page.goto(`${origin()}/rider`);
    if (hasMap) await page.locator('.map[data-drawn=true]').waitFor(PATIENT);
    await atStep(page, 'choosing');
    expect(await attribute(page, 'user')).toBe(riderId);
    const cost = await costOf();
    console.log(formatCost('the rider app', cost, performance.now() - openedAt));
    expect(cost.scriptBytesGzip).toBeLessThan(MAX_SCRIPT_BYTES);
    return page;
  }

  /** Waits until the page knows its trip. */
  const tripOf = async (page: Page): Promise<string> => {
    await page.locator('.phone[data-trip]').waitFor(PATIENT);
    return (await attribute(page, 'trip'))!;
  };

  test('completes a trip on a phone: pins, request, car, chat, share link, lost connection, arrival, summary', async () => {
    const place = north(START, 600);
    const { driver, stand } = await drivingFrom('d-whole', place);
    const page = await opened('r-whole', { viewport: PHONE, colorScheme: 'light' });
    const pageErrors = pageErrorsOf(page, origin());
    await expect.poll(() => attribute(page, 'cars'), PATIENT).toBe('1');
    await expectAccessible(page);

    // Far from the car, no cars are nearby.
    await button(page, 'Zoom out').click();
    await expect.poll(() => stillAt(page), PATIENT).toBe(true);
    await button(page, 'Zoom out').click();
    await expect.poll(() => stillAt(page), PATIENT).toBe(true);
    await drag(page, '.pin-pickup', { x: -40, y: 220 });
    await expect.poll(() => attribute(page, 'cars'), PATIENT).toBe('0');
    await button(page, /^Pick-up(?!:)/).click();
    await button(page, 'Times Square').click();
    await expect.poll(() => attribute(page, 'cars'), PATIENT).toBe('1');

    // A tap on the map sets the destination.
    expect(await button(page, 'Request a car').isDisabled()).toBe(true);
    await page.mouse.click(120, 120);
    await page.locator('.pin-dropoff').waitFor(PATIENT);
    await page.getByRole('checkbox', { name: /^Use a PIN/ }).check();
    await expectAccessible(page);
    await button(page, 'Request a car').click();
    await atStep(page, 'approach');
    const tripId = await tripOf(page);
    await driver.step(tripId, 'arriving');
    await expect.poll(() => page.locator('.arrival').innerText(), PATIENT).toMatch(/\d+\s+(min|s)/);
    await expectAccessible(page);

    // The map shows the car and the path that it drove.
    await expect.poll(() => locateColour(page, 'followed'), PATIENT).not.toBeNull();
    await expect.poll(() => locateColour(page, 'approach'), PATIENT).not.toBeNull();

    const chat = driver.chat(tripId);
    await chat.send('I am in the blue car');
    await button(page, /Chat.*1 unread message/).waitFor(PATIENT);
    await button(page, /^Chat/).click();
    const log = page.getByRole('log');
    await log.getByText('I am in the blue car').waitFor(PATIENT);
    await expect.poll(() => page.locator('.badge').count()).toBe(0);
    const box = page.getByRole('textbox', { name: 'Write a message' });
    await box.fill('I wear a red coat');
    await box.press('Enter');
    await log.locator('[data-mark=delivered]').waitFor(PATIENT);
    chat.read();
    await log.locator('[data-mark=read]').getByText('I wear a red coat').waitFor(PATIENT);
    chat.typing();
    await page.getByText('Typing…', { exact: true }).waitFor(PATIENT);
    await page.getByText('Online', { exact: true }).waitFor(PATIENT);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('log').count()).toBe(0);

    // Help is two taps away: dispatch gets a report, and 911 or 112 can be called.
    await button(page, 'Safety').click();
    expect(await page.getByRole('link', { name: /^Call (911|112)/ }).getAttribute('href')).toMatch(/^tel:/);
    await expectAccessible(page);
    await button(page, /^Report a problem/).click();
    await expectAccessible(page);
    await button(page, 'Send report').click();
    await page.getByText('Your report was sent').waitFor(PATIENT);
    await button(page, 'Back').click();
    await button(page, 'Back').click();
    const pin = await page.locator('.trip-pin-code').innerText();
    expect(pin).toMatch(/^\d{4}$/);

    await button(page, 'Share').click();
    await button(page, 'Create link').click();
    const link = await page.getByRole('textbox', { name: 'Link to your trip' }).inputValue();
    await expectAccessible(page);
    await page.reload();
    await atStep(page, 'approach');
    await button(page, 'Share').click();
    await page.getByRole('textbox', { name: 'Link to your trip' }).waitFor(PATIENT);
    expect(await page.getByRole('textbox', { name: 'Link to your trip' }).inputValue()).toBe(link);
    const friend = await browser.newPage(CALM);
    await friend.goto(link);
    await friend.getByRole('status').filter({ hasText: 'On the way to the pick-up' }).waitFor(PATIENT);
    await button(page, 'Stop sharing').click();
    await friend.getByRole('heading', { name: 'This link is no longer valid' }).waitFor(PATIENT);
    await button(page, 'Create link').waitFor(PATIENT);
    expect(await page.evaluate(STORED_LINK)).toBeNull();
    await button(page, 'Create link').click();
    await page.getByRole('textbox', { name: 'Link to your trip' }).waitFor(PATIENT);
    expect(await page.evaluate(STORED_LINK)).toContain(tripId);
    await button(page, 'Back').click();
    expect(pageErrors).toEqual([]);

    await page.context().setOffline(true);
    await page.getByText(/No connection · Updated \d+ s ago/).waitFor(PATIENT);
    await expect.poll(() => locateColour(page, 'followed'), PATIENT).toBeNull();
    expect(await attribute(page, 'stale')).toBe('true');
    await expectAccessible(page);
    await button(page, /^Chat/).click();
    await box.fill('Are you there?');
    await box.press('Enter');
    await log.locator('[data-mark=waiting]').waitFor(PATIENT);
    await page.context().setOffline(false);
    await log.locator('[data-mark=delivered]').getByText('Are you there?').waitFor(PATIENT);
    await expect.poll(() => attribute(page, 'stale'), PATIENT).toBe('false');
    await expect.poll(() => page.getByText('No connection').count(), PATIENT).toBe(0);

    // After a reload, it shows the trip and the path driven before.
    stand();
    await page.reload();
    await atStep(page, 'approach');
    expect(await tripOf(page)).toBe(tripId);
    await expect.poll(() => locateColour(page, 'followed'), PATIENT).not.toBeNull();
    await expect.poll(() => locateColour(page, 'approach'), PATIENT).not.toBeNull();

    await driver.step(tripId, 'arrived');
    await page.getByRole('status').filter({ hasText: 'Your car is here' }).waitFor(PATIENT);
    await driver.step(tripId, 'on_trip', { pin });
    await page.getByRole('status').filter({ hasText: 'On your way' }).waitFor(PATIENT);
    await expect.poll(() => page.locator('.arrival').innerText(), PATIENT).toMatch(/\d+\s+(min|s)/);
    await driver.step(tripId, 'completed');
    await page.getByRole('status').filter({ hasText: 'You’ve arrived' }).waitFor(PATIENT);
    await expect.poll(() => page.locator('.summary').innerText(), PATIENT).toMatch(/\d+ m[\s\S]*\d:\d\d/);
    expect(await page.evaluate(STORED_LINK)).toBeNull();
    await button(page, '4 stars').click();
    await page.getByText('Thanks for rating').waitFor(PATIENT);
    const service = new Api({ url: origin(), token: await system.token('service', 's') });
    await expect.poll(async () => (await service.trip(tripId)).rating, PATIENT).toBe(4);
    await expectAccessible(page);
    await button(page, 'Done').click();
    await atStep(page, 'choosing');
    // The browser logs every failed connection attempt as an error.
    expect(pageErrors.filter((text) => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  }, 240_000);

  test('shows no cars available, a driver who cancels and a cancelled request, on a desktop in dark mode', async () => {
    const page = await opened('r-none', { viewport: DESKTOP, colorScheme: 'dark' });
    const pageErrors = pageErrorsOf(page, origin());
    await button(page, 'Union Square').click();
    await expectAccessible(page);
    const service = new Api({ url: origin(), token: await system.token('service', 's') });
    await service.sendNotice('r-none', { role: 'rider', text: 'The bridge is closed today' });
    await page.getByText('The bridge is closed today').waitFor(PATIENT);
    await expectAccessible(page);
    await button(page, 'Dismiss message').click();

    await button(page, 'Request a car').click();
    await atStep(page, 'searching');
    await expectAccessible(page);
    await endSearch(system, await tripOf(page));
    await atStep(page, 'no_car');
    await expectAccessible(page);

    const { driver } = await drivingFrom('d-cancels', START);
    const trips: Trip[] = [];
    driver.on('trip', (trip) => trips.push(trip));
    await button(page, 'Try again').click();
    await atStep(page, 'approach');
    const first = await tripOf(page);
    await expectAccessible(page);
    await driver.setStatus('offline');
    await driver.step(first, 'cancelled');
    await page.getByText('We’re finding you another one').waitFor(PATIENT);
    await expect.poll(() => tripOf(page), PATIENT).not.toBe(first);
    await expectAccessible(page);
    await button(page, 'Cancel request').click();
    await atStep(page, 'choosing');
    // The pick-up and the destination are kept.
    expect(await button(page, 'Request a car').isEnabled()).toBe(true);
    expect(pageErrors).toEqual([]);
  }, 180_000);

  test('withdraws a request immediately while offline, and cancels a trip that the service created anyway', async () => {
    const page = await opened('r-back', { viewport: PHONE, hasMap: false });
    const context = page.context();
    const service = new Api({ url: origin(), token: await system.token('service', 's') });
    const rider = new Api({ url: origin(), token: await system.token('rider', 'r-back') });
    await button(page, 'Penn Station').click();
    // The scripts of the next screen load once both places are chosen.
    for (const script of ['Searching', 'car-request'])
      await expect.poll(() => hasLoaded(page, script), PATIENT).toBe(true);

    await context.setOffline(true);
    await button(page, 'Request a car').click();
    await page.getByText('Sending your request').waitFor(PATIENT);
    await button(page, 'Cancel request').click();
    await page.locator('.phone[data-step=choosing]').waitFor(AT_ONCE);
    await context.setOffline(false);
    await expect.poll(() => attribute(page, 'connection'), PATIENT).toBe('online');
    expect(await rider.openTrips()).toEqual([]);

    // The request arrives, but its answer is lost.
    const created: Trip[] = [];
    await page.route('**/api/trips', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await context.setOffline(true);
      created.push(await (await route.fetch()).json());
    });
    await button(page, 'Request a car').click();
    await expect.poll(() => created.length, PATIENT).toBe(1);
    await button(page, 'Cancel request').click();
    await page.locator('.phone[data-step=choosing]').waitFor(AT_ONCE);
    expect((await rider.openTrips()).map(({ id }) => id)).toEqual([created[0]!.id]);
    await context.setOffline(false);
    const stateOf = async () => (await service.trip(created[0]!.id)).cancelled?.by;
    await expect.poll(stateOf, PATIENT).toBe('rider');

    // The next request is not mistaken for the withdrawn one.
    await page.unroute('**/api/trips');
    await button(page, 'Request a car').click();
    await atStep(page, 'searching');
    // Known to the page only once the service has created it.
    const next = await tripOf(page);
    expect((await rider.openTrips()).map(({ id }) => id)).toEqual([next]);
    await button(page, 'Cancel request').click();
    await atStep(page, 'choosing');
  }, 120_000);

  test('retries a screen whose script failed to load', async () => {
    const page = await opened('r-lazy', { viewport: PHONE, hasMap: false });
    let requests = 0;
    await page.route(/UnderWay-[^/]*\.js/, (route) => {
      requests += 1;
      return requests <= 2 ? route.abort() : route.continue();
    });
    await drivingFrom('r-lazy-driver', START);
    await button(page, 'Penn Station').click();
    await button(page, 'Request a car').click();
    await atStep(page, 'approach');
    await button(page, /^Chat/).waitFor(PATIENT);
    expect(requests).toBeGreaterThan(2);
  }, 120_000);

  test('moves the pick-up to the device location if permitted, and re-centres the map with a button', async () => {
    const page = await opened('r-here', {
      viewport: PHONE,
      permissions: ['geolocation'],
      geolocation: { latitude: 40.76807, longitude: -73.98184 },
    });
    const pickup = button(page, /^Pick-up(?!:)/);
    await button(page, 'Use my location').click();
    await pickup.filter({ hasText: 'Columbus Circle' }).waitFor(PATIENT);
    await expect.poll(() => stillAt(page), PATIENT).toBe(true);

    const before = (await page.locator('.pin-pickup').boundingBox())!;
    expect(await button(page, 'Re-centre').count()).toBe(0);
    await drag(page, '.map', { x: 60, y: -80 });
    await button(page, 'Re-centre').waitFor(PATIENT);
    await expectAccessible(page);
    await expect.poll(() => stillAt(page), PATIENT).toBe(true);
    expect(Math.abs((await page.locator('.pin-pickup').boundingBox())!.y - before.y)).toBeGreaterThan(40);
    await button(page, 'Re-centre').click();
    await expect.poll(() => button(page, 'Re-centre').count()).toBe(0);
    await expect
      .poll(async () => {
        const now = (await page.locator('.pin-pickup').boundingBox())!;
        return Math.hypot(now.x - before.x, now.y - before.y);
      }, PATIENT)
      .toBeLessThan(20);

    // Outside the demo city the pick-up stays where it is.
    const far = await opened('r-far', {
      viewport: PHONE,
      permissions: ['geolocation'],
      geolocation: { latitude: 52.52, longitude: 13.4 },
    });
    await button(far, 'Use my location').click();
    await far.getByText('You’re outside the demo city').waitFor(PATIENT);
    await far.context().clearPermissions();
    await button(far, 'Use my location').click();
    await far.getByText('Location access is off').waitFor(PATIENT);
    await expectAccessible(far);
  }, 120_000);
});

/** Whether the map has stopped moving: a pin is where it was a moment ago. */
async function stillAt(page: Page): Promise<boolean> {
  const at = () => page.locator('.pin-pickup').boundingBox();
  const before = await at();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const now = await at();
  return before?.x === now?.x && before?.y === now?.y;
}

async function drag(page: Page, pin: string, by: { x: number; y: number }): Promise<void> {
  const box = (await page.locator(pin).boundingBox())!;
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 8 });
  await page.mouse.up();
}

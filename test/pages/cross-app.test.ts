import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { Api } from '#sdk';
import {
  browserPath,
  COARSE,
  launchCheapBrowser,
  pageErrorsOf,
  signIn,
  takeStep,
} from '../fixtures/browser.js';
import { type System, startSystem } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 90_000 };
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };
/** First place of the rider's pick-up pin. */
const START = { lat: 40.75415, lng: -73.98464 };

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
/** Leaves out what the browser itself logs about a lost network or gateway. */
const ofThePage = (pageErrors: string[]) =>
  pageErrors.filter((error) => !/ERR_|WebSocket connection|Failed to load resource/.test(error));

describe.skipIf(browserPath === '')('a trip across the apps in two browsers', () => {
  let system: System;
  let browsers: Browser[];
  test.beforeAll(async ({ browser: shared }) => {
    // As long as a slow machine needs to answer an offer.
    system = await startSystem({ env: { HEXFLEET_OFFER_MS: '600000' } });
    browsers = [shared, await launchCheapBrowser()];
  });
  afterEach(async () => {
    for (const browser of browsers) for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await browsers[1]!.close();
    await system.stop();
  });

  const riderAt = (page: Page, ...steps: string[]) =>
    page.locator(steps.map((step) => `.phone[data-step=${step}]`).join(', ')).waitFor(PATIENT);
  const driverIn = (page: Page, state: string) =>
    page.locator(`.phone[data-state=${state}]`).waitFor(PATIENT);

  test('completes on the dispatch board despite a network cut and a killed gateway', async () => {
    const [first, second] = browsers as [Browser, Browser];
    const [driverId, riderId] = ['w-driver', 'w-rider'];
    const driverContext = await second.newContext({ ...COARSE, viewport: PHONE, colorScheme: 'dark' });
    const riderContext = await first.newContext({ ...COARSE, viewport: PHONE });
    const [driver, rider, board] = await Promise.all([
      driverContext.newPage(),
      riderContext.newPage(),
      (await first.newContext({ ...COARSE, viewport: DESK })).newPage(),
    ]);
    const pages = [driver, rider, board];
    const pageErrors = pages.map((page) => pageErrorsOf(page, system.url));
    const service = new Api({ url: system.url, token: await system.token('service', 's') });

    await signIn(board, 'dispatcher', await system.token('dispatcher', 'w-desk'));
    await signIn(driver, 'driver', await system.token('driver', driverId));
    await signIn(rider, 'rider', await system.token('rider', riderId));

    await board.goto(`${system.url}/dispatch`);
    const at = `?at=${START.lat},${START.lng}`;
    await driver.goto(`${system.url}/driver${at}`);
    await button(driver, 'Go online').click();
    await driverIn(driver, 'available');
    await rider.goto(`${system.url}/rider`);
    await riderAt(rider, 'choosing');
    // The car has only just begun its shift.
    expect(await rider.locator('.phone').getAttribute('data-cars')).toBe('0');
    await board.getByRole('option', { name: new RegExp(driverId) }).click(PATIENT);

    await button(rider, 'Times Square').click();
    await button(rider, 'Request a car').click();
    await driverIn(driver, 'offered');
    await riderAt(rider, 'searching');
    await button(driver, 'Accept').click();
    await driverIn(driver, 'arriving');
    await riderAt(rider, 'approach');
    const tripId = (await rider.locator('.phone').getAttribute('data-trip'))!;
    await board.locator(`.card-trip[data-trip="${tripId}"]`).waitFor(PATIENT);

    // The rider loses the network and reconnects.
    await riderContext.setOffline(true);
    await rider.locator('.phone[data-stale=true]').waitFor(PATIENT);
    await rider
      .getByText(/No connection/)
      .first()
      .waitFor(PATIENT);
    await takeStep(driver, 'Slide to arrive');
    await driverIn(driver, 'arrived');
    await riderContext.setOffline(false);
    await riderAt(rider, 'arrived');
    await rider.locator('.phone[data-stale=false]').waitFor(PATIENT);

    // A gateway is killed. The pages connected to it move to the other one.
    await takeStep(driver, 'Slide to start trip');
    await riderAt(rider, 'on_trip');
    process.kill(system.gateways[0]!.pid, 'SIGKILL');
    const stored = async () => (await service.track(driverId).catch(() => null))?.properties.fixes ?? 0;
    const before = await stored();
    await expect.poll(stored, PATIENT).toBeGreaterThan(before + 3);
    for (const page of [rider, driver]) await page.locator('[data-stale=false]').first().waitFor(PATIENT);
    await board.locator('.board[data-connection=online]').waitFor(PATIENT);
    const lastFixAt = () => board.locator('.card-fixes time').first().getAttribute('datetime');
    const last = await lastFixAt();
    await expect.poll(lastFixAt, PATIENT).not.toBe(last);

    await takeStep(driver, 'Slide to complete trip');
    await driverIn(driver, 'completed');
    await riderAt(rider, 'done');
    await rider.locator('.summary').waitFor(PATIENT);
    await expect.poll(() => board.locator('.card-trip').count(), PATIENT).toBe(0);
    expect(pageErrors.map(ofThePage)).toEqual([[], [], []]);
  }, 400_000);
});

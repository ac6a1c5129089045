import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, COARSE, pageErrorsOf, takeStep } from '../fixtures/browser.js';
import { formatCost, measureCost } from '../fixtures/page-cost.js';
import { type Service, type System, startService, startSystem, stopService } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 120_000 };
/** Steps of a trip that has a driver, with the screens of both apps before each. */
const STEPS = [
  { state: 'arriving', screen: 'approach', label: 'Slide to arrive' },
  { state: 'arrived', screen: 'arrived', label: 'Slide to start trip' },
  { state: 'on_trip', screen: 'on_trip', label: 'Slide to complete trip' },
];

describe.skipIf(browserPath === '')('the showcase in a real browser', () => {
  let system: System;
  let simulator: Service;
  let browser: Browser;
  test.beforeAll(async ({ browser: shared }) => {
    browser = shared;
    system = await startSystem();
    simulator = await startService('apps/simulator/src/main.js', {
      HEXFLEET_URL: system.url,
      HEXFLEET_VEHICLES: '5',
    });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await stopService(simulator);
    await system.stop();
  });

  const frame = (page: Page, title: string): FrameLocator => page.frameLocator(`iframe[title="${title}"]`);

  test('on a desktop, a trip plays automatically in the rider, driver and dispatch apps at once', async () => {
    const page = await browser.newPage({ ...COARSE, viewport: { width: 1440, height: 900 } });
    const pageErrors = pageErrorsOf(page, system.url);
    const costOf = measureCost(page);
    const openedAt = performance.now();
    await page.goto(system.url);
    await page.locator('.story[data-state=arriving]').waitFor(PATIENT);
    // The visitor takes over before the car arrives. From now on autoplay presses no buttons.
    await page.getByRole('button', { name: 'Take over' }).click();
    console.log(formatCost('the showcase with its three apps', await costOf(), performance.now() - openedAt));
    const board = frame(page, 'Dispatch board');
    await board.locator('.fleet-row').first().waitFor(PATIENT);
    const driver = frame(page, 'Driver app');
    // It follows the car of the trip that is played.
    const driverId = (await driver.locator('.phone').getAttribute('data-user', PATIENT))!;
    await board.locator(`.vehicle-card[data-driver="${driverId}"]`).waitFor(PATIENT);
    // Autoplay may just have taken the first of these steps.
    const state = await driver.locator('.phone[data-trip]').getAttribute('data-state', PATIENT);
    for (const { screen, label } of STEPS.slice(STEPS.findIndex((step) => step.state === state))) {
      await frame(page, 'Rider app').locator(`.phone[data-step=${screen}]`).waitFor(PATIENT);
      await takeStep(driver, label);
    }
    await page.locator('.story[data-state=completed]').waitFor(PATIENT);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(pageErrors).toEqual([]);
  }, 300_000);

  test('on a phone, the first trip plays while one app is shown, and the board follows it once it is selected', async () => {
    const page = await browser.newPage({
      ...COARSE,
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    const pageErrors = pageErrorsOf(page, system.url);
    await page.goto(system.url);
    const shown = page.locator('iframe:visible');
    const rider = frame(page, 'Rider app');
    await rider.locator('.phone').waitFor(PATIENT);
    expect(await shown.count()).toBe(1);
    await rider.locator('.phone[data-step=approach]').waitFor(PATIENT);
    await page.locator('.story[data-state=arriving]').waitFor(PATIENT);
    // The visitor takes over, so that the next trip begins when the test ends this one.
    await page.getByRole('button', { name: 'Take over' }).click();
    const driverId = await frame(page, 'Driver app').locator('.phone').getAttribute('data-user', PATIENT);
    expect(await page.locator('iframe').count()).toBe(2);

    await page.getByRole('button', { name: 'Dispatch', exact: true }).click();
    const board = frame(page, 'Dispatch board');
    const card = board.locator(`.vehicle-card[data-driver="${driverId}"]`);
    await card.waitFor(PATIENT);
    await card.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => card.count()).toBe(0);

    await page.getByRole('button', { name: 'Rider', exact: true }).click();
    await rider.getByRole('button', { name: 'Cancel', exact: true }).click(PATIENT);
    await rider.getByRole('button', { name: 'Cancel trip' }).click(PATIENT);
    await page.locator('.story[data-state=cancelled]').waitFor(PATIENT);
    await page.getByRole('button', { name: 'Autoplay' }).click();
    await page.getByRole('button', { name: 'Dispatch', exact: true }).click();
    await card.waitFor(PATIENT);
    expect(await shown.count()).toBe(1);
    await page.getByRole('button', { name: 'Driver', exact: true }).click();
    await frame(page, 'Driver app').locator('.map[data-drawn=true]').waitFor(PATIENT);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(pageErrors).toEqual([]);
  }, 300_000);
});

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
    await frame(page, 'Dispatch board').locator('.fleet-row').first().waitFor(PATIENT);
    const driver = frame(page, 'Driver app');
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

  test('on a phone, one app is shown and the others load only when selected', async () => {
    const page = await browser.newPage({
      ...COARSE,
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    const pageErrors = pageErrorsOf(page, system.url);
    await page.goto(system.url);
    await frame(page, 'Rider app').locator('.phone').waitFor(PATIENT);
    expect(await page.locator('iframe').count()).toBe(1);
    await page.getByRole('button', { name: 'Driver', exact: true }).click();
    await frame(page, 'Driver app').locator('.phone').waitFor(PATIENT);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(pageErrors).toEqual([]);
  }, 180_000);
});

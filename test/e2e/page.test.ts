import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barriersOn } from '../fixtures/accessibility.js';
import { browserPath, COARSE, launchBrowser, pageErrorsOf } from '../fixtures/browser.js';
import { told, weigh } from '../fixtures/page-cost.js';
import { type Service, type System, startService, startSystem, stopService } from '../fixtures/system.js';

const PATIENT = { timeout: 120_000 };

describe.skipIf(browserPath === '')('the front page, in a real browser', () => {
  let system: System;
  let simulator: Service;
  beforeAll(async () => {
    system = await startSystem();
    simulator = await startService('apps/simulator/src/main.js', {
      HEXFLEET_URL: system.url,
      HEXFLEET_VEHICLES: '5',
    });
  });
  afterAll(async () => {
    await stopService(simulator);
    await system.stop();
  });

  const frame = (page: Page, title: string): FrameLocator => page.frameLocator(`iframe[title="${title}"]`);

  test('on a desktop a trip goes by itself, seen by rider, driver and dispatch at once', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ ...COARSE, viewport: { width: 1440, height: 900 } });
      const pageErrors = pageErrorsOf(page, system.url);
      const costOf = weigh(page);
      const openedAt = performance.now();
      await page.goto(system.url);
      await page.locator('.story[data-state=arriving]').waitFor(PATIENT);
      // The visitor takes over, before the car is there: from now on nobody else presses the buttons.
      await page.getByRole('button', { name: 'Take over' }).click();
      console.log(told('the front page with its three frames', await costOf(), performance.now() - openedAt));
      await frame(page, 'The app of a rider').locator('.phone[data-step=approach]').waitFor(PATIENT);
      await frame(page, 'The app of a driver').locator('.phone[data-state=arriving]').waitFor(PATIENT);
      await frame(page, 'The board of a dispatcher').locator('.fleet-row').first().waitFor(PATIENT);
      const driver = frame(page, 'The app of a driver');
      await driver.getByRole('button', { name: 'I am there' }).click();
      await driver.getByRole('button', { name: 'Start the trip' }).click();
      await frame(page, 'The app of a rider').locator('.phone[data-step=on_trip]').waitFor(PATIENT);
      await driver.getByRole('button', { name: 'Complete the trip' }).click();
      await page.locator('.story[data-state=completed]').waitFor(PATIENT);
      expect(await barriersOn(page)).toEqual([]);
      expect(pageErrors).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 300_000);

  test('on a phone one of the three is shown, and the others are not loaded before they are picked', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({
        ...COARSE,
        viewport: { width: 390, height: 844 },
        colorScheme: 'dark',
      });
      const pageErrors = pageErrorsOf(page, system.url);
      await page.goto(system.url);
      await frame(page, 'The app of a rider').locator('.phone').waitFor(PATIENT);
      expect(await page.locator('iframe').count()).toBe(1);
      await page.getByRole('button', { name: 'Driver', exact: true }).click();
      await frame(page, 'The app of a driver').locator('.phone').waitFor(PATIENT);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await barriersOn(page)).toEqual([]);
      expect(pageErrors).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 180_000);
});

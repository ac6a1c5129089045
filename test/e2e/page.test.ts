import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, launchBrowser, troublesOf } from '../support/browser.js';
import { type Service, type System, startService, startSystem, stopService } from '../support/system.js';

describe.skipIf(browserPath === '')('the front page, in a real browser', () => {
  let system: System;
  let simulator: Service;
  beforeAll(async () => {
    system = await startSystem();
    simulator = await startService('apps/simulator/src/main.js', {
      HEXFLEET_URL: system.url,
      HEXFLEET_VEHICLES: '40',
    });
  });
  afterAll(async () => {
    await stopService(simulator);
    await system.stop();
  });

  test.each([
    ['desktop', { width: 1440, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ])(
    'shows the moving fleet, a trip and the numbers: %s',
    async (_, viewport) => {
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage({ viewport });
        const troubles = troublesOf(page, system.url);
        await page.goto(system.url);
        const state = page.getByRole('status').filter({ hasText: /Driver on the way|Arrived|On the trip/ });
        await state.first().waitFor({ timeout: 60_000 });
        await page.getByText('gateway-1').first().waitFor();
        const text = () => page.locator('body').innerText();

        await expect
          .poll(async () => Number(/available\s+(\d+)/.exec(await text())?.[1] ?? 0), { timeout: 20_000 })
          .toBeGreaterThan(10);
        await expect.poll(text, { timeout: 20_000 }).toMatch(/Last position\s+\d+(\.\d)? s ago/);
        // Nothing reaches beyond the screen.
        const width = await page.evaluate('document.documentElement.scrollWidth');
        expect(width).toBeLessThanOrEqual(viewport.width);
        expect(troubles).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    120_000,
  );
});

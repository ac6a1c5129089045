import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn } from '../fixtures/browser.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
/** Short, because riders of other files watch the same place. */
const EXPIRES_MS = 60_000;
const TEXT = 'Water main break on 34th Street';

describe.skipIf(browserPath === '')('an alert to an area in real browsers', () => {
  let system: System;
  let browser: Browser;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  async function opened(node: number, role: 'rider' | 'dispatcher', path: string): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: { width: 1440, height: 900 } });
    await signIn(page, role, await system.token(role, `aap-${role}`));
    await page.goto(`${system.gateways[node]!.url}/${path}`);
    await page.locator('[data-connection=online]').waitFor(PATIENT);
    return page;
  }

  async function expectAccessible(page: Page): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(() => accessibilityViolations(page)).toEqual([]);
    }
  }

  test('a dispatcher alerts the area on the map, a rider there reads it, and the board shows how many got it', async () => {
    const rider = await opened(0, 'rider', 'rider');
    const board = await opened(1, 'dispatcher', 'dispatch');
    const errors = pageErrorsOf(board, system.gateways[1]!.url);
    await board.locator('.board:not([data-regions="0"])').waitFor(PATIENT);
    await board.route('**/api/alerts', async (route) => {
      const request = route.request();
      if (request.method() !== 'POST') return route.continue();
      const alert = { ...request.postDataJSON(), expiresAt: Date.now() + EXPIRES_MS };
      return route.continue({ postData: JSON.stringify(alert) });
    });
    await board.keyboard.press('Control+k');
    await board.keyboard.type('send alert');
    await board.getByRole('option', { name: 'Send alert to the area in view' }).waitFor(PATIENT);
    await board.keyboard.press('Enter');
    const dialog = board.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Send alert to this area' }).waitFor(PATIENT);
    const send = dialog.getByRole('button', { name: 'Send alert' });
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Alert text' }).fill(TEXT);
    await expectAccessible(board);
    await send.click();
    await dialog.waitFor({ ...PATIENT, state: 'hidden' });

    const card = rider.locator('.notice-card[data-kind=alert]');
    await card.getByText(TEXT).waitFor(PATIENT);
    await expectAccessible(rider);
    await board.getByText(`Alert to riders and drivers: ${TEXT}`).waitFor(PATIENT);
    await board.getByText(/^Reached \d+ rider/).waitFor(PATIENT);
    await board.getByRole('button', { name: 'Withdraw' }).first().click();
    const withdrawal = board.getByRole('dialog', { name: 'Withdraw alert' });
    await withdrawal.getByText(TEXT).waitFor(PATIENT);
    await expectAccessible(board);
    await withdrawal.getByRole('button', { name: 'Withdraw alert' }).click();
    await board.getByText('aap-dispatcher withdrew an alert').waitFor(PATIENT);
    await expect.poll(() => card.count(), PATIENT).toBe(0);
    expect(errors).toEqual([]);
  }, 180_000);
});

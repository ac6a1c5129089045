import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, COARSE, complaintsOf, takeStep } from '../fixtures/browser.js';
import { Apps, clearDrivers } from '../fixtures/journey.js';
import { type System, startSystem } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 90_000 };
const PHONE = { width: 390, height: 844 };
/** First place of the rider's pick-up pin. */
const START = { lat: 40.75415, lng: -73.98464 };

describe.skipIf(browserPath === '')('the first visit of a stranger', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  test.beforeAll(async ({ browser: shared }) => {
    browser = shared;
    // As long as a slow machine needs to answer an offer.
    system = await startSystem({ env: { HEXFLEET_OFFER_MS: '600000', HEXFLEET_DEMO_CITY: '1' } });
    apps = new Apps(system);
  });
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(() => system.stop());

  /** Opens a page in a new profile, which has a service worker as any browser does. */
  async function visit(path: string, options: object = {}) {
    const context = await browser.newContext({ ...COARSE, serviceWorkers: 'allow', ...options });
    const complaints = complaintsOf(context);
    const page = await context.newPage();
    await page.goto(`${system.url}${path}`);
    return { context, page, complaints };
  }

  /** Waits until the page has installed its service worker, the last thing that it does by itself. */
  const installed = (page: Page) =>
    page.evaluate<void>('navigator.serviceWorker.ready.then(() => undefined)');
  const online = (page: Page) => page.locator('[data-connection=online]').first().waitFor(PATIENT);

  test.each([
    ['/rider', 'dark'],
    ['/driver', 'light'],
    ['/dispatch', 'dark'],
  ] as const)(
    '%s complains about nothing, also in its dialogs',
    async (path, colorScheme) => {
      const { page, complaints } = await visit(path, { colorScheme, viewport: { width: 1440, height: 900 } });
      await online(page);
      await page.locator('.map[data-drawn=true]').waitFor(PATIENT);
      for (const name of ['Language and units', 'Notifications']) {
        await page.getByRole('button', { name, exact: true }).first().click();
        await page.getByRole('dialog').waitFor(PATIENT);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ ...PATIENT, state: 'detached' });
      }
      await installed(page);
      await page.reload();
      await online(page);
      expect(complaints).toEqual([]);
    },
    180_000,
  );

  test('the board complains about nothing in its lists, charts, palette, zones and replay', async () => {
    await apps.driverShownAt('first-visit-car', START);
    const { page, complaints } = await visit('/dispatch', { viewport: { width: 1440, height: 900 } });
    await online(page);
    await page.locator('.map[data-drawn=true]').waitFor(PATIENT);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click(PATIENT);
    await press('Show charts');
    await page.locator('.charts').waitFor(PATIENT);
    await press('Hide charts');
    await page.getByRole('radio', { name: 'Ended' }).check();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('audit');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Audit log' }).waitFor(PATIENT);
    await page.keyboard.press('Escape');
    await press('Zones');
    await press('Edit zones');
    await page.locator('.zone-toolbar').waitFor(PATIENT);
    await press('Versions');
    await press('Done');
    await press('Replay this area');
    await page.locator('.replay').waitFor(PATIENT);
    await press('Back to live');
    expect(complaints).toEqual([]);
  }, 180_000);

  test('the front page, the documentation and the page for unknown addresses complain about nothing', async () => {
    const front = await visit('/', { viewport: PHONE });
    await front.page.frameLocator('iframe[title="Rider app"]').locator('.phone').waitFor(PATIENT);
    expect(front.complaints).toEqual([]);
    const docs = await visit('/api/docs');
    await docs.page.getByRole('heading', { level: 1 }).waitFor(PATIENT);
    expect(docs.complaints).toEqual([]);
    const unknown = await visit('/nothing/here');
    await unknown.page.getByRole('heading', { level: 1 }).waitFor(PATIENT);
    const background = async (colorScheme: 'light' | 'dark') => {
      await unknown.page.emulateMedia({ colorScheme });
      return unknown.page.evaluate('getComputedStyle(document.body).backgroundColor');
    };
    expect([await background('light'), await background('dark')]).toEqual([
      'rgb(243, 245, 246)',
      'rgb(13, 18, 23)',
    ]);
    // The address itself does not exist.
    expect(unknown.complaints.filter((complaint) => !complaint.endsWith('/nothing/here'))).toEqual([]);
  }, 180_000);

  test('the front page says how to run Hexfleet, and each of its links leads somewhere', async () => {
    const { page } = await visit('/', {
      viewport: PHONE,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByRole('button', { name: 'Quick start' }).click(PATIENT);
    const dialog = page.getByRole('dialog', { name: 'Quick start' });
    expect(await dialog.locator('code').allInnerTexts()).toEqual(['npm start', 'npm test']);
    for (const command of ['npm start', 'npm test']) {
      await dialog.getByRole('button', { name: `Copy ${command}` }).click();
      await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(command);
    }
    expect(await accessibilityViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const links = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.about a')].map(({ href }) => href)`,
    );
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect((await page.request.get(link)).status()).toBe(200);
  }, 120_000);

  test('a whole ride complains about nothing, from the request to the rating, and where it is shared', async () => {
    await clearDrivers(system, START);
    const driver = await visit(`/driver?at=${START.lat},${START.lng}`, { viewport: PHONE });
    await driver.page.getByRole('button', { name: 'Go online' }).click(PATIENT);
    await driver.page.locator('.phone[data-state=available]').waitFor(PATIENT);
    const rider = await visit('/rider', {
      viewport: PHONE,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const riderAt = (step: string) => rider.page.locator(`.phone[data-step=${step}]`).waitFor(PATIENT);
    await riderAt('choosing');
    await rider.page.locator('.places-search').click();
    await rider.page.getByRole('searchbox').fill('Times Square');
    await rider.page.locator('.place-search li button').first().click(PATIENT);
    await rider.page.getByRole('button', { name: 'Request a car' }).click(PATIENT);
    await driver.page.getByRole('button', { name: 'Accept' }).click(PATIENT);
    await riderAt('approach');

    await rider.page.getByRole('button', { name: /^Chat/ }).click();
    await rider.page.getByRole('textbox', { name: 'Write a message' }).fill('At the entrance');
    await rider.page.keyboard.press('Enter');
    await rider.page.getByRole('log').getByText('At the entrance').waitFor(PATIENT);
    await rider.page.keyboard.press('Escape');
    const shared = await visit(await linkOf(rider.page), { viewport: PHONE });
    await shared.page.locator('.trip-card').waitFor(PATIENT);

    await takeStep(driver.page, 'Slide to arrive');
    await takeStep(driver.page, 'Slide to start trip');
    await riderAt('on_trip');
    await takeStep(driver.page, 'Slide to complete trip');
    await driver.page.locator('.phone[data-state=completed]').waitFor(PATIENT);
    await riderAt('done');
    await rider.page.getByRole('button', { name: '5 stars' }).click(PATIENT);
    await rider.page.getByText('Thanks for rating').waitFor(PATIENT);
    await shared.page.getByRole('heading', { name: 'Arrived' }).waitFor(PATIENT);
    const all = { driver, rider, shared };
    expect(Object.values(all).map(({ complaints }) => complaints)).toEqual([[], [], []]);
  }, 300_000);

  /** Shares the trip of a rider's page, and returns the path of the link. */
  async function linkOf(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('button', { name: 'Create link' }).click(PATIENT);
    const link = await page.getByRole('textbox', { name: 'Link to your trip' }).inputValue(PATIENT);
    await page.getByRole('button', { name: 'Back' }).click();
    return new URL(link).pathname;
  }
});

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import type { Role, ShareLink, Trip } from '#protocol';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn, withoutMap } from '../fixtures/browser.js';
import { Apps, north } from '../fixtures/journey.js';
import { cutTexts } from '../fixtures/layout.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 30_000 };
const SCREENS = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];
/** Each language with the direction of its lines; the last one is English, longer and from right to left. */
const LANGUAGES = [
  ['es', 'ltr'],
  ['ar-XB', 'rtl'],
] as const;
const PLACES = { pickup: { lat: 40.745, lng: -73.985 }, dropoff: { lat: 40.73, lng: -73.99 } };

describe.skipIf(browserPath === '')('languages and units in a real browser', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  test.beforeAll(({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    apps = new Apps(system);
  });
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  async function opened(
    path: string,
    language: string | null,
    user?: { role: Role; id: string },
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: SCREENS[0]!, ...options });
    await withoutMap(page.context());
    if (language !== null)
      await page.addInitScript(
        `if (location.protocol.startsWith('http')) localStorage.setItem('hexfleet-language', '${language}')`,
      );
    if (user !== undefined) await signIn(page, user.role, await system.token(user.role, user.id));
    await page.goto(system.url + path);
    return page;
  }

  const call = async (path: string, body?: object) =>
    (await rest(`${system.url}/api/trips${path}`, 'POST', await system.token('service', 's'), body)).body;

  /** A trip whose driver has just accepted, with a link to it. */
  async function sharedTrip(name: string): Promise<{ trip: Trip; link: ShareLink }> {
    await apps.driverAt(`lang-d-${name}`, north(PLACES.pickup, 1_500));
    const trip = await call('', { riderId: `lang-r-${name}`, driverId: `lang-d-${name}`, ...PLACES });
    return { trip, link: await call(`/${trip.id}/share`, { places: true }) };
  }

  /** Nothing is cut on a phone and on a desktop. */
  async function expectWhole(page: Page): Promise<void> {
    for (const screen of SCREENS) {
      await page.setViewportSize(screen);
      await expect.poll(() => page.evaluate(cutTexts()), { timeout: 10_000 }).toEqual([]);
    }
    await page.setViewportSize(SCREENS[0]!);
  }

  const expectLanguage = async (page: Page, language: string, direction: string) => {
    const html = page.locator('html');
    await expect.poll(() => html.getAttribute('lang'), PATIENT).toBe(language);
    expect((await html.getAttribute('dir')) ?? 'ltr').toBe(direction);
  };

  describe.each(LANGUAGES)('%s', (language, direction) => {
    test('the front page and the page for unknown addresses are whole', async () => {
      const front = await opened('/', language);
      await front.locator('.showcase').waitFor(PATIENT);
      await expectLanguage(front, language, direction);
      await expectWhole(front);
      await front.close();
      const unknown = await opened('/nothing', language);
      await expectLanguage(unknown, language, direction);
      await expectWhole(unknown);
    }, 120_000);

    test('the rider app is whole: first screen, search, settings, and a trip', async () => {
      const page = await opened('/rider', language, { role: 'rider', id: `lang-r-first-${language}` });
      await page.locator('.phone[data-step=choosing]').waitFor(PATIENT);
      await expectLanguage(page, language, direction);
      await expectWhole(page);
      await page.locator('.settings-open').click();
      await page.locator('dialog.settings').waitFor();
      await expectWhole(page);
      await page.keyboard.press('Escape');
      await page.locator('.places-search').click();
      await page.locator('.place-search').waitFor();
      await expectWhole(page);
      await page.close();
      await sharedTrip(language);
      const trip = await opened('/rider', language, { role: 'rider', id: `lang-r-${language}` });
      await trip.locator('.phone[data-step=approach] .actions').waitFor(PATIENT);
      await expectWhole(trip);
    }, 120_000);

    test('the driver app is whole: offline and online', async () => {
      const page = await opened('/driver', language, { role: 'driver', id: `lang-d-page-${language}` });
      await page.locator('.phone[data-state=offline]').waitFor(PATIENT);
      await expectLanguage(page, language, direction);
      await expectWhole(page);
      await page.locator('.button-go').click();
      await page.locator('.phone[data-state=available]').waitFor(PATIENT);
      await page.locator('.connection-details summary').click();
      await expectWhole(page);
    }, 120_000);

    test('the board is whole: lists, palette, zones and shortcuts', async () => {
      const page = await opened('/dispatch', language, { role: 'dispatcher', id: 'lang-dispatcher' });
      await page.locator('.board[data-connection=online]').waitFor(PATIENT);
      await expectLanguage(page, language, direction);
      await page.setViewportSize(SCREENS[1]!);
      await expectWhole(page);
      for (const tab of await page.locator('.board-tabs button').all()) {
        await tab.click();
        await expect.poll(() => page.evaluate(cutTexts())).toEqual([]);
      }
      await page.setViewportSize(SCREENS[1]!);
      await page.keyboard.press('Control+k');
      await page.locator('.palette').waitFor();
      await expect.poll(() => page.evaluate(cutTexts())).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.locator('dialog.keys').waitFor();
      await expectWhole(page);
    }, 120_000);

    test('the page behind a shared link is whole', async () => {
      const { link } = await sharedTrip(`link-${language}`);
      const page = await opened(link.url, language);
      await page.locator('.trip-card .journey').waitFor(PATIENT);
      await expectLanguage(page, language, direction);
      await expectWhole(page);
    }, 120_000);
  });

  test('the browser decides about language, miles and clock; a choice wins, and holds after a reload', async () => {
    const { link } = await sharedTrip('choice');
    const page = await opened(link.url, null, undefined, { locale: 'en-US' });
    const pageErrors = pageErrorsOf(page, system.url);
    const words = () => page.locator('.arrival-words').innerText();
    await expect.poll(words, PATIENT).toMatch(/Arriving around \d+:\d\d\s[AP]M\s+\d.* (mi|ft) away/);
    await page.getByRole('button', { name: 'Language and units' }).click();
    const dialog = page.getByRole('dialog', { name: 'Language and units' });
    await dialog.getByLabel('Language').selectOption('es');
    await dialog.getByLabel('Distances').selectOption('metric');
    await dialog.getByLabel('Time').selectOption('h23');
    expect(await accessibilityViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(words, PATIENT).toMatch(/Llega cerca de las \d\d:\d\d\s+a \d.* (km|m)$/);
    expect(await page.title()).toBe('Un viaje compartido en vivo');
    await page.reload();
    await expect.poll(words, PATIENT).toMatch(/^Llega cerca de las/);
    // The map was kept from loading.
    expect(pageErrors.filter((error) => !/maplibre|ERR_FAILED|dynamically imported/.test(error))).toEqual([]);
  }, 120_000);

  test('a Spanish browser gets Spanish, and English where Spanish does not load', async () => {
    const user = { role: 'rider', id: 'lang-r-spanish' } as const;
    const page = await opened('/rider', null, user, { locale: 'es-MX' });
    await page.getByRole('heading', { name: '¿Adónde vas?' }).waitFor(PATIENT);
    expect(await page.title()).toBe('Pasajero · Hexfleet');
    await page.close();
    const context = await browser.newContext({ ...CALM, locale: 'es-MX' });
    await context.route(/\/assets\/es-[^/]*\.js$/, (route) => route.abort());
    const cut = await context.newPage();
    await withoutMap(context);
    await signIn(cut, 'rider', await system.token('rider', 'lang-r-cut'));
    await cut.goto(`${system.url}/rider`);
    await cut.getByRole('heading', { name: 'Where to?' }).waitFor(PATIENT);
  }, 120_000);
});

import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import type { Role } from '#protocol';
import { Api } from '#sdk';
import { browserPath, CALM, signIn } from '../fixtures/browser.js';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { coveredControls, cutTexts } from '../fixtures/layout.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
/** Phones, a desktop at a zoom of 200 %, and two whole ones. */
const SCREENS = [
  { width: 390, height: 844 },
  { width: 360, height: 640 },
  { width: 720, height: 450 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
const nextPlace = placesFrom(-29, 66);

describe.skipIf(browserPath === '')(
  'on every screen, all texts are whole and all controls can be pressed',
  () => {
    let system: System;
    let browser: Browser;
    let apps: Apps;
    let service: Api;
    test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
      system = shared;
      browser = sharedBrowser;
      apps = new Apps(system);
      service = new Api({ url: system.url, token: await system.token('service', 'layout') });
    });
    afterEach(async () => {
      apps.closeAll();
      for (const context of browser.contexts()) await context.close();
    });

    async function opened(path: string, user?: { role: Role; id: string }): Promise<Page> {
      const page = await browser.newPage({ ...CALM, viewport: SCREENS[0]! });
      if (user !== undefined) await signIn(page, user.role, await system.token(user.role, user.id));
      await page.goto(system.url + path);
      return page;
    }

    async function expectWhole(page: Page, part?: string): Promise<void> {
      for (const screen of SCREENS) {
        await page.setViewportSize(screen);
        const problems = async () => [
          ...(await page.evaluate<string[]>(cutTexts())),
          ...(await page.evaluate<string[]>(coveredControls(part))),
        ];
        await expect.poll(problems, { message: `${screen.width} × ${screen.height}` }).toEqual([]);
      }
      await page.setViewportSize(SCREENS[0]!);
    }

    const mapOf = (page: Page) => page.locator('.map[data-drawn=true]').waitFor(PATIENT);

    async function trip(name: string) {
      const pickup = nextPlace();
      const parties = { riderId: `${name}-rider`, driverId: `${name}-driver` };
      await apps.driverAt(parties.driverId, north(pickup, 900));
      return service.createTrip({ ...parties, pickup, dropoff: north(pickup, -2_000) });
    }

    test('in the rider app', async () => {
      const page = await opened('/rider', { role: 'rider', id: 'layout-choosing' });
      await page.locator('.phone[data-step=choosing]').waitFor(PATIENT);
      await mapOf(page);
      await expectWhole(page);
      await page.getByRole('button', { name: 'Times Square' }).click();
      await page.getByRole('checkbox', { name: /PIN/ }).waitFor(PATIENT);
      await expectWhole(page);
      await page.context().close();
      await trip('layout-ride');
      const riding = await opened('/rider', { role: 'rider', id: 'layout-ride-rider' });
      await riding.locator('.phone[data-step=approach] .actions').waitFor(PATIENT);
      await mapOf(riding);
      await expectWhole(riding);
      await riding.getByRole('button', { name: /^Chat/ }).click();
      await riding.getByRole('log').waitFor(PATIENT);
      await expectWhole(riding, '.phone-chat');
    }, 240_000);

    test('in the driver app', async () => {
      const page = await opened('/driver', { role: 'driver', id: 'layout-shift' });
      await page.locator('.phone[data-state=offline]').waitFor(PATIENT);
      await mapOf(page);
      await expectWhole(page);
      await page.locator('.button-go').click();
      await page.locator('.phone[data-state=available]').waitFor(PATIENT);
      await expectWhole(page);
      await page.context().close();
      await trip('layout-work');
      const working = await opened('/driver', { role: 'driver', id: 'layout-work-driver' });
      await working.getByRole('button', { name: 'Go online' }).click(PATIENT);
      await working.getByRole('slider').waitFor(PATIENT);
      await mapOf(working);
      await expectWhole(working);
    }, 240_000);

    test('on the board', async () => {
      const { id } = await trip('layout-board');
      const page = await opened('/dispatch', { role: 'dispatcher', id: 'layout-desk' });
      await page.locator('.board[data-connection=online]').waitFor(PATIENT);
      await mapOf(page);
      for (const tab of await page.locator('.board-tabs button').all()) {
        await page.setViewportSize(SCREENS[0]!);
        await tab.click();
        await expectWhole(page);
      }
      // The list is as long as the screen, and scrolls with it.
      await page.setViewportSize(SCREENS[0]!);
      await page
        .locator('.board-tabs')
        .getByRole('button', { name: /^Trips/ })
        .click();
      expect(await page.evaluate("getComputedStyle(document.querySelector('.trips ul')).overflowY")).toBe(
        'visible',
      );
      for (const selected of [`driver=layout-board-driver`, `trip=${id}`]) {
        await page.goto(`${system.url}/dispatch?${selected}`);
        await page.locator('.vehicle-card').waitFor(PATIENT);
        await mapOf(page);
        await expectWhole(page);
      }
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await expectWhole(page);
    }, 300_000);

    test('behind a shared link, on the front page and at an unknown address', async () => {
      const { id } = await trip('layout-shared');
      const { url } = await service.shareTrip(id, { places: true });
      const shared = await opened(url);
      await shared.locator('.trip-card .journey').waitFor(PATIENT);
      await mapOf(shared);
      await expectWhole(shared);
      await shared.context().close();
      const front = await opened('/');
      await front.locator('.showcase').waitFor(PATIENT);
      await expectWhole(front);
      await front.context().close();
      await expectWhole(await opened('/nothing'));
    }, 240_000);
  },
);

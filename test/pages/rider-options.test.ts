import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { Api } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, signIn } from '../fixtures/browser.js';
import { Apps, clearDrivers, north } from '../fixtures/journey.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
/** First place of the pick-up pin. */
const START = { lat: 40.75415, lng: -73.98464 };

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

describe.skipIf(browserPath === '')('the options of a request in a real browser', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  test.beforeAll(({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
    apps = new Apps(system);
  });
  beforeEach(() => clearDrivers(system, START));
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  test('chooses a vehicle class and seats, and a named pick-up point on the map', async () => {
    const service = new Api({ url: system.url, token: await system.token('service', 's') });
    for (const [id, vehicleClass, seats] of [
      ['d-small', 'standard', 4],
      ['d-van', 'wheelchair-van', 6],
    ] as const) {
      const vehicle = {
        make: 'Ford',
        model: 'Transit',
        colour: 'grey',
        plate: id,
        class: vehicleClass,
        seats,
      };
      await service.putDriverProfile(id, { name: 'Rosa', photoUrl: null, vehicle });
      await apps.driverAt(id, north(START, 200));
    }
    const point = { id: 'p', name: 'Library steps', ...north(START, 150) };
    const corners = [
      [-74.1, 40.6],
      [-73.8, 40.6],
      [-73.8, 40.9],
      [-74.1, 40.9],
    ];
    const zone = (kind: string, rules: object) => ({
      ...{ id: kind, name: kind, kind, polygons: [[corners]], rules, version: 1, updatedBy: '', at: 0 },
    });
    // Zones of this region would concern every other test.
    const page = await browser.newPage({ ...CALM, viewport: { width: 1440, height: 900 } });
    await signIn(page, 'rider', await system.token('rider', 'r-class'));
    await page.route('**/api/service?**', async (route) => {
      const response = await route.fetch();
      const zones = [zone('service_area', {}), zone('pickup_points', { points: [point], maxWalkM: 500 })];
      await route.fulfill({ response, json: { ...(await response.json()), zones } });
    });
    await page.goto(`${system.url}/rider`);
    await button(page, 'Pick-up point Library steps').click(PATIENT);
    await page.locator('.place[data-kind=pickup]', { hasText: 'Library steps' }).waitFor(PATIENT);
    await button(page, 'Union Square').click();
    await page.getByLabel('Vehicle').selectOption('Wheelchair van, up to 6 seats', PATIENT);
    await page.getByRole('combobox', { name: /^Seats/ }).selectOption('5');
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);
    await button(page, 'Request a car').click();
    const trip = await service.trip(
      (await page.locator('.phone[data-trip]').getAttribute('data-trip', PATIENT))!,
    );
    expect(trip).toMatchObject({ vehicleClass: 'wheelchair-van', seats: 5 });
    expect(await button(page, /^Pick-up point/).count()).toBe(0);
    await service.cancelTrip(trip.id);
  }, 120_000);
});

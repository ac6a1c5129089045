import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { manhattan } from '#city';
import type { Role } from '#protocol';
import { Api } from '#sdk';
import { nameOf } from '../../web/src/shared/live/city-places.js';
import { browserPath, CALM, signIn, withoutMap } from '../fixtures/browser.js';
import { Apps, north } from '../fixtures/journey.js';
import { cutTexts } from '../fixtures/layout.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const SMALL = { width: 360, height: 640 };
const DESK = { width: 1440, height: 900 };

/** Corners of one long avenue: names that differ only in their last words. */
const [PICKUP, DROPOFF] = manhattan()
  .nodes.filter((_, i) => i % 5 === 0)
  .map(({ lat, lng }) => ({ lat, lng }))
  .filter((place) => nameOf(place).length < 60)
  .sort((a, b) => nameOf(b).length - nameOf(a).length);

describe.skipIf(browserPath === '')('long names', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let service: Api;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    apps = new Apps(system);
    service = new Api({ url: system.url, token: await system.token('service', 'long-names') });
  });
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  async function opened(path: string, viewport: object, user?: { role: Role; id: string }): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: viewport as typeof SMALL });
    await withoutMap(page.context());
    if (user !== undefined) await signIn(page, user.role, await system.token(user.role, user.id));
    await page.goto(system.url + path);
    return page;
  }

  test('of places are whole on each page, at the smallest phone too', async () => {
    const [from, to] = [PICKUP!, DROPOFF!].map(nameOf) as [string, string];
    expect(from.length).toBeGreaterThan(24);
    const names = [from, to];
    const ids = { riderId: 'long-names-rider', driverId: 'long-names-driver' };
    await apps.driverAt(ids.driverId, north(PICKUP!, 1_500));
    const trip = await service.createTrip({ ...ids, pickup: PICKUP!, dropoff: DROPOFF! });
    const link = await service.shareTrip(trip.id, { places: true });
    const pages: Array<[path: string, viewport: object, shown: string, user?: { role: Role; id: string }]> = [
      ['/rider', SMALL, from, { role: 'rider', id: ids.riderId }],
      ['/driver', SMALL, from, { role: 'driver', id: ids.driverId }],
      [link.url, SMALL, to],
      [`/dispatch?trip=${trip.id}`, DESK, to, { role: 'dispatcher', id: 'long-names-desk' }],
    ];
    for (const [path, viewport, shown, user] of pages) {
      const page = await opened(path, viewport, user);
      // Another app of this driver is online.
      if (path === '/driver') await page.getByRole('button', { name: 'Go online' }).click(PATIENT);
      await page.getByText(shown).first().waitFor(PATIENT);
      await expect.poll(() => page.evaluate(cutTexts(names))).toEqual([]);
      await page.context().close();
    }
    await service.cancelTrip(trip.id);
  }, 180_000);

  test('of vehicles keep their end in the list, where they differ', async () => {
    const ids = ['north', 'south'].map((end) => `long-names-fleet-of-the-whole-metropolitan-area-${end}`);
    for (const id of ids) await apps.driverAt(id, PICKUP!);
    const page = await opened('/dispatch', DESK, { role: 'dispatcher', id: 'long-names-desk' });
    await page.getByRole('searchbox').first().fill('long-names-fleet');
    await page.getByRole('radio', { name: 'All' }).check({ force: true });
    for (const id of ids) {
      const row = page.getByRole('option', { name: new RegExp(id.slice(-8)) });
      await row.waitFor(PATIENT);
      await expect.poll(() => page.evaluate(cutTexts([id.slice(-8)]))).toEqual([]);
    }
  }, 120_000);
});

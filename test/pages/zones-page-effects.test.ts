import type { Browser } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { manhattan } from '#city';
import type { ZoneKind } from '#protocol';
import { Api, ZonesApi } from '#sdk';
import { browserPath } from '../fixtures/browser.js';
import { Apps } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import { ringAround } from '../fixtures/zones.js';
import {
  clearZones,
  expectAccessible,
  openZones,
  PATIENT,
  REGION,
  zoneRow,
} from '../fixtures/zones-board.js';

const CENTRE = manhattan().center;

describe.skipIf(browserPath === '')('what zones do, on the board', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let zones: ZonesApi;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    apps = new Apps(system);
    zones = new ZonesApi(new Api({ url: system.url, token: await system.token('service', 'zp-service') }));
  });
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
    await clearZones(system);
  });

  const publish = async (comment: string) => {
    const { number, replaces } = await zones.compare(REGION);
    await zones.publish(REGION, { comment, number: number!, replaces, allowEmpty: true });
  };
  test('a vehicle that enters a zone is in the activity and the alerts, and the queue shows who waits, by class', async () => {
    const ring = ringAround(CENTRE, 400, 24);
    const feature = (id: string, name: string, kind: ZoneKind) => ({
      type: 'Feature',
      id,
      properties: { name, kind },
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
    });
    await zones.import(REGION, {
      type: 'FeatureCollection',
      features: [feature('zp-stand', 'Stand', 'queue'), feature('zp-yard', 'Yard', 'no_go')],
    });
    await publish('Stand');
    const page = await openZones(browser, { system, node: 0, user: 'zp-ann' });
    await zoneRow(page, 'Stand').click();
    await page.locator('.zone-queue').getByText('No drivers are waiting').waitFor(PATIENT);

    const vehicle = {
      make: 'Ford',
      model: 'Transit',
      colour: 'white',
      plate: 'ZP 1',
      class: 'van',
      seats: 7,
    };
    const service = await system.token('service', 'zp-service');
    await rest(`${system.url}/api/drivers/zp-2`, 'PUT', service, { name: 'Rosa Meyer', vehicle });
    for (const driverId of ['zp-1', 'zp-2', 'zp-3']) await apps.driverAt(driverId, CENTRE);
    const rows = () =>
      page.locator('.zone-queue tbody tr').evaluateAll((all) =>
        all.map((row) =>
          [...(row as unknown as { cells: Iterable<{ innerText: string }> }).cells]
            .slice(0, 2)
            .map(({ innerText }) => innerText.trim())
            .join(' '),
        ),
      );
    await expect.poll(rows, PATIENT).toEqual(['standard', '1 zp-1', '2 zp-3', 'van', '1 zp-2']);
    await page.locator('.activity').getByText('zp-1 entered Yard', { exact: true }).waitFor(PATIENT);
    await page.locator('.activity').getByText('zp-3 entered Stand', { exact: true }).waitFor(PATIENT);
    await page
      .locator('.alerts')
      .getByText(/zp-2|3 drivers are in zones that are off limits/)
      .first()
      .waitFor(PATIENT);
    await expectAccessible(page);
    // A driver of the queue is selected from there.
    await page.locator('.zone-queue').getByRole('button', { name: 'zp-2' }).click();
    await page.locator('.vehicle-card[data-driver=zp-2]').waitFor(PATIENT);
  }, 120_000);
});

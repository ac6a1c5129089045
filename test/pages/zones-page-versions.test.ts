import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { Api, type ZoneCollection, ZonesApi } from '#sdk';
import { browserPath } from '../fixtures/browser.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import {
  button,
  clearZones,
  clickMap,
  confirmPublication,
  corners,
  deleteZone,
  drag,
  dropFile,
  expectAccessible,
  HALF_PX,
  nameZone,
  openEditor,
  openZones,
  PATIENT,
  placeOf,
  REGION,
  zoneRow,
} from '../fixtures/zones-board.js';

/** Place of a zone that lies beside the others. */
const ASIDE = -260;

describe.skipIf(browserPath === '')('versions and files of zones on the board', () => {
  let system: System;
  let browser: Browser;
  let service: ZonesApi;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    service = new ZonesApi(
      new Api({ url: system.url, token: await system.token('service', 'zones-versions-service') }),
    );
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await clearZones(system);
  });

  const editor = () => openEditor(browser, { system, node: 0, user: 'zones-versions-ann' });

  async function addZone(page: Page, name: string, kind: string): Promise<void> {
    await button(page, 'Add zone').click();
    await nameZone(page, name, kind);
  }

  /** Reads the lines of a group of the review. */
  const lines = (page: Page, change: 'added' | 'changed' | 'removed') =>
    page.locator(`.zone-group[data-change=${change}] li`).allInnerTexts();

  /** Returns a picture of the middle of the map, once it stays as it is. */
  async function pictureOf(page: Page): Promise<string> {
    const { x, y } = await placeOf(page, [0, 0]);
    const clip = { x: x - 40, y: y - 40, width: 80, height: 80 };
    let [before, now] = ['', 'none yet'];
    while (now !== before) [before, now] = [now, (await page.screenshot({ clip })).toString('base64')];
    return now;
  }

  const published = async () => (await service.inForce(REGION)).zones.map(({ name }) => name).sort();

  test('a draft is compared, published and taken back by publishing an older version, as another board shows', async () => {
    const ann = await editor();
    const ben = await openZones(browser, { system, node: 1, user: 'zones-versions-ben' });
    const shownToBen = async () => (await ben.locator('.zone-row-name').allInnerTexts()).sort();

    await addZone(ann, 'Quay', 'no_go');
    await drag(ann, [0, 0], [ASIDE, 0]);
    await addZone(ann, 'Harbour', 'surge');
    await button(ann, 'Publish…').click();
    await expect.poll(() => lines(ann, 'added'), PATIENT).toHaveLength(2);
    expect((await lines(ann, 'added')).sort()).toEqual([
      'Added no-go zone “Quay”',
      'Added surge zone “Harbour”',
    ]);
    // Without a reason, it is not published.
    expect(await button(ann.locator('.zone-publish'), 'Publish').isDisabled()).toBe(true);
    await expectAccessible(ann);
    await confirmPublication(ann, 'Evening');
    await expect.poll(shownToBen, PATIENT).toEqual(['Harbour', 'Quay']);
    await expect.poll(published, PATIENT).toEqual(['Harbour', 'Quay']);
    await button(ann, 'Close').click();

    // One zone is moved and renamed, one is gone, one is new.
    await clickMap(ann, [0, 0]);
    await nameZone(ann, 'Old harbour');
    await drag(ann, [-HALF_PX, HALF_PX], [-30, 30]);
    await ann.getByLabel('Factor').fill('2.5');
    await ann.getByLabel('Factor').press('Enter');
    await deleteZone(ann, 'Quay');
    await addZone(ann, 'Dock', 'alert');
    await ann.getByText('All changes saved').waitFor(PATIENT);
    await button(ann, 'Publish…').click();
    await expect.poll(() => lines(ann, 'removed'), PATIENT).toEqual(['Removed no-go zone “Quay”']);
    expect(await lines(ann, 'added')).toEqual(['Added alert zone “Dock”']);
    expect(await lines(ann, 'changed')).toEqual([
      'Surge zone “Old harbour”: border changed, renamed from “Harbour”, factor from 1.5 × to 2.5 ×',
    ]);
    // The map shows it, too, with what is not in the draft any more.
    await ann.getByText('Removed no-go zone “Quay”').click();
    const inReview = await pictureOf(ann);
    await button(ann, 'Close').click();
    await expect.poll(() => pictureOf(ann), PATIENT).not.toBe(inReview);
    await button(ann, 'Publish…').click();
    await expect.poll(() => pictureOf(ann), PATIENT).toBe(inReview);
    await expectAccessible(ann);
    await confirmPublication(ann, 'Night');
    await expect.poll(shownToBen, PATIENT).toEqual(['Dock', 'Old harbour']);
    await zoneRow(ben, 'Old harbour').click();
    await ben.locator('.zone-card').getByText('2.5 ×').waitFor(PATIENT);
    await expectAccessible(ben);
    await button(ann, 'Close').click();

    // Roll back: the older version is in force, and the draft stays as it is.
    await button(ann, 'Versions').click();
    const versions = ann.locator('.zone-versions li');
    await versions.filter({ hasText: 'Night' }).getByText('In force').waitFor(PATIENT);
    await expectAccessible(ann);
    await button(versions.filter({ hasText: 'Evening' }), /^Compare: Version \d+$/).click();
    await expect.poll(() => lines(ann, 'added'), PATIENT).toEqual(['Added no-go zone “Quay”']);
    expect(await lines(ann, 'removed')).toEqual(['Removed alert zone “Dock”']);
    expect(await lines(ann, 'changed')).toEqual([
      'Surge zone “Harbour”: border changed, renamed from “Old harbour”, factor from 2.5 × to 1.5 ×',
    ]);
    await confirmPublication(ann, 'Back to the evening', 'Publish this version again');
    await expect.poll(shownToBen, PATIENT).toEqual(['Harbour', 'Quay']);
    await expect.poll(published, PATIENT).toEqual(['Harbour', 'Quay']);
    expect((await ann.locator('.zone-row-name').allInnerTexts()).sort()).toEqual(['Dock', 'Old harbour']);
    await button(ann, 'Close').click();
    await button(ann, 'Versions').click();
    await versions
      .filter({ hasText: 'Back to the evening' })
      .getByText(/repeats version \d+/)
      .waitFor(PATIENT);
    await button(ann, 'Close').click();

    for (const name of ['Dock', 'Old harbour']) await deleteZone(ann, name);
    await button(ann, 'Publish…').click();
    await ann.getByLabel('Publish without any zone: all rules end').check(PATIENT);
    await confirmPublication(ann, 'Empty');
    await expect.poll(shownToBen, PATIENT).toEqual([]);
  }, 300_000);

  const feature = (name: string, ring: number[][], properties: object = { kind: 'alert' }) => ({
    type: 'Feature',
    properties: { name, ...properties },
    geometry: { type: 'Polygon', coordinates: [ring] },
  });
  const collection = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });
  const CLOSED = [
    [-73.99, 40.75],
    [-73.98, 40.75],
    [-73.98, 40.76],
    [-73.99, 40.76],
    [-73.99, 40.75],
  ];

  test('a dropped file is refused as a whole, with each feature and its reason', async () => {
    const ann = await editor();
    const dialog = ann.getByRole('dialog');
    const cross = [CLOSED[0]!, CLOSED[2]!, CLOSED[1]!, CLOSED[3]!, CLOSED[0]!];
    const large = Array.from({ length: 1_001 }, (_, i) => {
      const angle = (i / 1_001) * 2 * Math.PI;
      return [-73.99 + Math.cos(angle) / 100, 40.75 + Math.sin(angle) / 100];
    });
    const broken = collection(
      feature('Good', CLOSED),
      feature('Open', CLOSED.slice(0, 4)),
      feature('Crossed', cross),
      feature('Large', [...large, large[0]!]),
      feature('Odd', CLOSED, { kind: 'forest' }),
    );
    await dropFile(ann, 'broken.geojson', broken);
    await dialog.getByText('broken.geojson was not imported').waitFor(PATIENT);
    const reasons = await dialog.locator('.zone-reasons li').allInnerTexts();
    expect(reasons).toEqual([
      expect.stringMatching(/^Feature 2 “Open” has a ring that is not closed/),
      expect.stringMatching(/^Feature 3 “Crossed” crosses or touches itself \(-73/),
      expect.stringMatching(/^Feature 4 “Large” has 1001 vertices; a zone has at most 1000$/),
      expect.stringMatching(/^Feature 5 “Odd” has no kind, or none of these: service_area/),
    ]);
    await expectAccessible(ann);
    await button(dialog, 'Close').click();
    await dropFile(ann, 'notes.txt', 'Zones of Monday');
    await dialog.getByText('The file is not JSON').waitFor(PATIENT);
    await button(dialog, 'Close').click();
    expect(await ann.locator('.zone-row').count()).toBe(0);
  }, 120_000);

  test('a dropped file is imported and corrected; the exported draft is the same when it is imported again', async () => {
    const ann = await editor();
    const dialog = ann.getByRole('dialog');
    await dropFile(ann, 'good.geojson', collection(feature('Dropped', CLOSED.toReversed())));
    await dialog.getByText('“Dropped”: a ring turned round').waitFor(PATIENT);
    await dialog.getByText('1 zone imported').waitFor(PATIENT);
    await button(dialog, 'Close').click();
    await clickMap(ann, [0, 0]);
    await addZone(ann, 'Ring', 'queue');
    await button(ann, 'Border: add a hole').click();
    await expect.poll(() => corners(ann), PATIENT).toHaveLength(8);
    await ann.getByText('All changes saved').waitFor(PATIENT);

    const exported = async (): Promise<ZoneCollection> => {
      const download = ann.waitForEvent('download', PATIENT);
      await button(ann, 'Export').click();
      expect((await download).suggestedFilename()).toMatch(/^zones-[0-9a-f]{15}\.geojson$/);
      return JSON.parse(await readFile(await (await download).path(), 'utf8'));
    };
    const content = ({ features }: ZoneCollection) =>
      features.map(({ id, properties, geometry }) => ({
        id,
        properties: { name: properties.name, kind: properties.kind, rules: properties.rules },
        geometry,
      }));
    const before = await exported();
    expect(
      before.features
        .map(({ properties, geometry }) => [properties.name, geometry.coordinates.length])
        .sort(),
    ).toEqual([
      ['Dropped', 1],
      ['Ring', 2],
    ]);
    for (const name of ['Dropped', 'Ring']) await deleteZone(ann, name);
    // The button, too, takes a file.
    await ann.locator('input[type=file]').setInputFiles({
      name: 'again.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(JSON.stringify(before)),
    });
    await dialog.getByText('2 zones imported').waitFor(PATIENT);
    await button(dialog, 'Close').click();
    expect(content(await exported())).toEqual(content(before));
    for (const name of ['Dropped', 'Ring']) await deleteZone(ann, name);
  }, 120_000);
});

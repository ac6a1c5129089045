import type { Browser, Locator, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { Api, ZonesApi } from '#sdk';
import { browserPath } from '../fixtures/browser.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';
import {
  button,
  clearZones,
  clickMap,
  corners,
  deleteZone,
  drag,
  expectAccessible,
  nameZone,
  openCorners,
  openEditor,
  openZones,
  PATIENT,
  REGION,
  zoneRow,
} from '../fixtures/zones-board.js';

describe.skipIf(browserPath === '')('drawing zones on the board', () => {
  let system: System;
  let browser: Browser;
  let service: ZonesApi;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    service = new ZonesApi(
      new Api({ url: system.url, token: await system.token('service', 'zones-drawing-service') }),
    );
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await clearZones(system);
  });

  const board = (node = 0) => ({ system, node, user: 'zones-drawing-ann' });
  const ringNames = (page: Page) => page.locator('.zone-ring h3 > span').allInnerTexts();

  test('a polygon, a rectangle, a circle and a hole are drawn with the mouse', async () => {
    const page = await openEditor(browser, board());
    await button(page, 'Polygon').click();
    await page.getByLabel('Kind of new zones').selectOption('no_go');
    for (const at of [
      [-200, 150],
      [200, 150],
      [0, -200],
    ] as const)
      await clickMap(page, [...at]);
    await page.keyboard.press('Enter');
    await nameZone(page, 'Triangle');
    expect(await corners(page)).toHaveLength(3);
    expect(await page.getByLabel('Kind', { exact: true }).inputValue()).toBe('no_go');

    await button(page, 'Hole').click();
    for (const at of [
      [-60, 90],
      [60, 90],
      [0, -20],
    ] as const)
      await clickMap(page, [...at]);
    await page.keyboard.press('Enter');
    await expect.poll(() => ringNames(page), PATIENT).toEqual(['Border', 'Hole 1']);
    const withHole = await corners(page);
    expect(withHole).toHaveLength(6);
    // The hole is dragged at a corner of its own, once one of its corners has the focus.
    await button(page.locator('.zone-ring').nth(1), 'Corner 1').focus();
    await drag(page, [-60, 90], [-30, 20]);
    await expect
      .poll(async () => (await corners(page)).map((corner, i) => corner !== withHole[i]), PATIENT)
      .toEqual([false, false, false, true, false, false]);
    // A hole outside is refused.
    await button(page, 'Hole').click();
    for (const at of [
      [-380, -200],
      [-320, -200],
      [-350, -150],
    ] as const)
      await clickMap(page, [...at]);
    await page.keyboard.press('Enter');
    await page.getByText('A hole must be inside the zone.').waitFor(PATIENT);
    await button(page, 'Dismiss').click();
    await expectAccessible(page);
    await page.getByText('All changes saved').waitFor(PATIENT);
    const [zone] = (await service.export(REGION)).features;
    expect(zone!.geometry.coordinates).toHaveLength(2);
    await button(page, 'Remove hole 1').click();
    await expect.poll(() => ringNames(page), PATIENT).toEqual(['Border']);
    await button(page, 'Undo').click();
    await expect.poll(() => ringNames(page), PATIENT).toEqual(['Border', 'Hole 1']);
    await deleteZone(page, 'Triangle');

    await button(page, 'Circle').click();
    await clickMap(page, [0, 0]);
    await clickMap(page, [160, 0]);
    await nameZone(page, 'Circle');
    await button(page, 'Show 8 more').click();
    const circle = (await corners(page)).map((text) => text.split(' ').map(Number) as [number, number]);
    expect(circle).toHaveLength(48);
    const centre = [0, 1].map((i) => circle.reduce((sum, at) => sum + at[i]!, 0) / circle.length);
    const perLat = Math.cos((centre[0]! * Math.PI) / 180);
    const radii = circle.map(([lat, lng]) => Math.hypot(lat - centre[0]!, (lng - centre[1]!) * perLat));
    expect(Math.max(...radii) / Math.min(...radii)).toBeLessThan(1.01);
    await deleteZone(page, 'Circle');

    await button(page, 'Rectangle').click();
    await clickMap(page, [-150, -100]);
    await clickMap(page, [150, 100]);
    await nameZone(page, 'Rectangle');
    expect(await corners(page)).toHaveLength(4);
    await deleteZone(page, 'Rectangle');
  }, 200_000);

  /** Presses Tab until an element has the focus. */
  async function tabTo(page: Page, wanted: Locator): Promise<void> {
    const isFocused = () =>
      wanted
        .first()
        .evaluate((element) => element === element.ownerDocument.activeElement, undefined, { timeout: 5_000 })
        .catch(() => false);
    for (let presses = 0; presses < 200; presses += 1) {
      if (await isFocused()) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${wanted}`);
  }

  test('a zone is drawn, shaped, cut, found again and published with the keyboard only', async () => {
    const page = await openZones(browser, board(1));
    const press = (key: string) => page.keyboard.press(key);
    await tabTo(page, button(page, 'Edit zones'));
    await press('Enter');
    await page.getByText('All changes saved').waitFor(PATIENT);
    await page.locator('.zone-cursors').waitFor({ ...PATIENT, state: 'attached' });
    await tabTo(page, button(page, 'Add zone'));
    await press('Enter');
    await tabTo(page, page.getByRole('textbox', { name: 'Name', exact: true }));
    await press('ControlOrMeta+a');
    await page.keyboard.type('Pier');
    await press('Enter');
    await zoneRow(page, 'Pier').waitFor(PATIENT);
    await tabTo(page, page.getByRole('combobox', { name: 'Kind', exact: true }));
    await page.keyboard.type('Alert');
    await expect.poll(() => page.getByLabel('Kind', { exact: true }).inputValue(), PATIENT).toBe('alert');

    await tabTo(page, page.locator('.zone-corners > summary'));
    await press('Enter');
    const before = await corners(page);
    expect(before).toHaveLength(4);
    const moved = async () => (await corners(page)).map((corner, i) => corner !== before[i]);
    await tabTo(page, button(page, 'Corner 2'));
    await press('ArrowUp');
    await expect.poll(moved, PATIENT).toEqual([false, true, false, false]);
    await press('ControlOrMeta+z');
    await expect.poll(() => corners(page), PATIENT).toEqual(before);
    await tabTo(page, button(page, 'Border: move with the arrow keys'));
    await press('ArrowRight');
    await expect.poll(moved, PATIENT).toEqual([true, true, true, true]);
    await tabTo(page, button(page, 'Border: add a hole'));
    await press('Enter');
    await expect.poll(() => ringNames(page), PATIENT).toEqual(['Border', 'Hole 1']);
    await tabTo(page, button(page, 'Add a corner after corner 1'));
    await press('Enter');
    await expect.poll(() => corners(page), PATIENT).toHaveLength(9);

    // The list is one stop, in which arrow keys move.
    await tabTo(page, button(page, 'Close'));
    await press('Enter');
    await page.locator('.zone-form').waitFor({ ...PATIENT, state: 'detached' });
    await tabTo(page, page.getByRole('listbox', { name: 'Zones', exact: true }));
    await press('Home');
    await press('Enter');
    await page.locator('.zone-form').waitFor(PATIENT);
    expect(await page.getByRole('option', { name: /Pier.*Alert/ }).getAttribute('aria-selected')).toBe(
      'true',
    );

    await tabTo(page, button(page, 'Publish…'));
    await press('Enter');
    await expect
      .poll(() => page.evaluate<string>('document.activeElement.textContent'), PATIENT)
      .toBe('Review and publish');
    await page.getByText('Added alert zone “Pier”').waitFor(PATIENT);
    await tabTo(page, page.getByRole('textbox', { name: /^Why\?/ }));
    await page.keyboard.type('Crowded');
    await tabTo(page, button(page.locator('.zone-publish'), 'Publish'));
    await press('Enter');
    await tabTo(page, button(page.getByRole('dialog'), 'Publish'));
    await press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /^Version \d+ is published$/ })
      .waitFor(PATIENT);
    await tabTo(page, button(page, 'Close'));
    await press('Enter');
    await deleteZone(page, 'Pier');
  }, 200_000);

  test('a screen reader finds names for the tools, the list, the form and what changes', async () => {
    const page = await openEditor(browser, board());
    await button(page, 'Add zone').click();
    await nameZone(page, 'Dock', 'queue');
    const names = (within: string) =>
      page
        .locator(within)
        .getByRole('button')
        .evaluateAll((all) =>
          all.map((each) => {
            const { ariaLabel, textContent } = each as unknown as {
              ariaLabel: string | null;
              textContent: string;
            };
            return ariaLabel ?? textContent.trim();
          }),
        );
    await page.getByRole('toolbar', { name: 'Drawing tools' }).waitFor(PATIENT);
    expect(await names('.zone-toolbar')).toEqual([
      'Select',
      'Polygon',
      'Rectangle',
      'Circle',
      'Hole',
      'Pick-up point',
      'Undo',
      'Redo',
    ]);
    expect(await names('.zone-form')).not.toContain('');
    await page.getByRole('region', { name: 'Dock' }).waitFor(PATIENT);
    const list = page.getByRole('listbox', { name: 'Zones' });
    await list.getByRole('option', { name: /Dock.*Queue/ }).waitFor(PATIENT);
    expect(await list.getByRole('option', { name: /Dock/ }).getAttribute('aria-setsize')).toBe('1');
    for (const label of ['Latitude of corner 1', 'Longitude of corner 4'])
      await page.getByLabel(label, { exact: true }).waitFor(PATIENT);
    // Regions that exist before announce the work of others.
    const statuses = page.getByRole('status');
    await statuses.filter({ hasText: 'All changes saved' }).waitFor(PATIENT);
    await statuses.filter({ hasText: '1 zone' }).waitFor(PATIENT);
    expect(await page.locator('.zone-others[role=status]').count()).toBe(1);
    await openCorners(page);
    await expectAccessible(page);
    await deleteZone(page, 'Dock');
  }, 120_000);
});

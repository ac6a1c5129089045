import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { Api, ZonesApi } from '#sdk';
import { browserPath, CALM, pageErrorsOf } from '../fixtures/browser.js';
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
  HALF_PX,
  nameZone,
  openCorners,
  openEditor,
  PATIENT,
  REGION,
  zoneRow,
} from '../fixtures/zones-board.js';

describe.skipIf(browserPath === '')('zones on the boards of two dispatchers', () => {
  let system: System;
  let browser: Browser;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await clearZones(system);
  });

  test('where roads are measured in miles, a walk is typed and read in feet, and the draft has metres', async () => {
    const token = await system.token('service', 'zones-page-service');
    const api = new ZonesApi(new Api({ url: system.url, token }));
    const options = { ...CALM, locale: 'en-US' };
    const page = await openEditor(browser, { system, node: 0, user: 'zones-page-feet' }, options);
    await button(page, 'Add zone').click();
    await page.locator('.zone-form').waitFor(PATIENT);
    await page.getByLabel('Kind', { exact: true }).selectOption('pickup_points');
    const walk = page.getByLabel('Farthest walk to a point');
    await expect.poll(() => walk.inputValue(), PATIENT).toBe('1640');
    await page.getByText('33 to 16,404 ft, normally 1,640').waitFor(PATIENT);
    await walk.fill('20000');
    await page.getByText('Enter 33 to 16,404 ft').waitFor(PATIENT);
    await walk.fill('1000');
    await walk.press('Enter');
    const stored = async () => (await api.export(REGION)).features.map(({ properties }) => properties.rules);
    await expect.poll(stored, PATIENT).toMatchObject([{ maxWalkM: 304.8 }]);
    expect(await walk.inputValue()).toBe('1000');
  }, 120_000);

  /** Opens the draft on two boards at two gateways, and adds a zone that both have selected. */
  async function together(name: string): Promise<[ann: Page, ben: Page]> {
    const users = ['zones-page-ann', 'zones-page-ben'];
    const [ann, ben] = await Promise.all(
      users.map((user, node) => openEditor(browser, { system, node, user })),
    );
    await ann!
      .locator('.zone-status')
      .getByRole('img', { name: 'Editing now: zones-page-ben' })
      .waitFor(PATIENT);
    await button(ann!, 'Add zone').click();
    await nameZone(ann!, name, 'surge');
    await zoneRow(ben!, name).waitFor(PATIENT);
    await clickMap(ben!, [0, 0]);
    await openCorners(ben!);
    await expect.poll(() => corners(ben!), PATIENT).toEqual(await corners(ann!));
    return [ann!, ben!];
  }

  test('both move a corner of one zone at once and see both, and each takes back only its own move', async () => {
    const [ann, ben] = await together('Harbour');
    await ann.getByText('zones-page-ben also editing').waitFor(PATIENT);
    await zoneRow(ben, 'Harbour').getByRole('img', { name: 'Selected by zones-page-ann' }).waitFor(PATIENT);
    const before = await corners(ann);
    expect(before).toHaveLength(4);

    // Corner 1 is at the bottom left, corner 3 at the top right.
    await Promise.all([drag(ann, [-HALF_PX, HALF_PX], [-40, 30]), drag(ben, [HALF_PX, -HALF_PX], [40, -30])]);
    const movedOf = async (page: Page) =>
      (await corners(page)).map((corner, i) => (corner === before[i] ? '' : 'moved')).join();
    await expect
      .poll(() => Promise.all([ann, ben].map(movedOf)), PATIENT)
      .toEqual(Array(2).fill('moved,,moved,'));
    expect(await corners(ann)).toEqual(await corners(ben));

    for (const [page, own, other] of [
      [ann, ',,moved,', ben],
      [ben, 'moved,,,', ann],
    ] as const) {
      await button(page, 'Undo').click();
      await expect.poll(() => movedOf(other), PATIENT).toBe(own);
      await button(page, 'Redo').click();
      await expect.poll(() => movedOf(other), PATIENT).toBe('moved,,moved,');
    }

    // A corner between two others, added by dragging the dot between them, and removed by the keyboard.
    await drag(ann, [-20, HALF_PX + 15], [0, 40]);
    await expect.poll(async () => (await corners(ben)).length, PATIENT).toBe(5);
    await button(ann, 'Corner 2').focus();
    await ann.keyboard.press('Delete');
    await expect.poll(async () => (await corners(ben)).length, PATIENT).toBe(4);
    await expectAccessible(ann);
    await deleteZone(ann, 'Harbour');
  }, 200_000);

  test('both edit without a network, and their edits merge when they are back', async () => {
    const [ann, ben] = await together('Pier');
    const errors = [ann, ben].map((page, node) => pageErrorsOf(page, system.gateways[node]!.url));
    const contexts = [ann.context(), ben.context()];
    await Promise.all(contexts.map((context) => context.setOffline(true)));
    for (const page of [ann, ben])
      await page.getByText(/^No connection. Your edits are kept/).waitFor(PATIENT);
    await ann.getByLabel('Name', { exact: true }).fill('Old pier');
    await ann.getByLabel('Name', { exact: true }).press('Enter');
    await ben.getByLabel('Factor').fill('11');
    await ben.getByText('Enter 1 to 10 ×').waitFor(PATIENT);
    await ben.getByLabel('Factor').fill('2.5');
    await ben.getByLabel('Factor').press('Enter');
    await expectAccessible(ben);
    await Promise.all(contexts.map((context) => context.setOffline(false)));
    for (const page of [ann, ben]) {
      await page.getByText('All changes saved').waitFor(PATIENT);
      await zoneRow(page, 'Old pier').waitFor(PATIENT);
      await expect.poll(() => page.getByLabel('Factor').inputValue(), PATIENT).toBe('2.5');
    }
    await deleteZone(ann, 'Old pier');
    // Without a network, requests fail.
    const unexpected = errors.flat().filter((error) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(error));
    expect(unexpected).toEqual([]);
  }, 200_000);

  test('a locked zone cannot be edited by the other until it is unlocked, by its user or in spite of it', async () => {
    const [ann, ben] = await together('Depot');
    const lock = (page: Page) => page.getByRole('switch', { name: 'Lock for others' });
    const isLocked = async () => [
      await ben.getByLabel('Factor').isDisabled(),
      await ben.getByLabel('Name', { exact: true }).isDisabled(),
      await button(ben, 'Delete zone').isDisabled(),
    ];
    const before = await corners(ann);
    await lock(ann).click();
    await ben.getByText('Locked by zones-page-ann').waitFor(PATIENT);
    await zoneRow(ben, 'Depot').getByRole('img', { name: 'Locked by zones-page-ann' }).waitFor(PATIENT);
    await zoneRow(ann, 'Depot').getByRole('img', { name: 'Locked by you' }).waitFor(PATIENT);
    expect(await isLocked()).toEqual([true, true, true]);
    // Neither can its corners be dragged, by the one who may not; those who may can.
    await drag(ben, [HALF_PX, -HALF_PX], [40, -30]);
    await drag(ann, [-HALF_PX, HALF_PX], [-40, 30]);
    await expect
      .poll(async () => (await corners(ben)).map((corner, i) => corner !== before[i]), PATIENT)
      .toEqual([true, false, false, false]);
    await expectAccessible(ben);

    await lock(ann).click();
    await expect.poll(isLocked, PATIENT).toEqual([false, false, false]);
    await lock(ann).click();
    await button(ben, 'Unlock anyway').click(PATIENT);
    await expect.poll(isLocked, PATIENT).toEqual([false, false, false]);
    await expect.poll(() => lock(ann).isChecked(), PATIENT).toBe(false);
    const api = new Api({ url: system.url, token: await system.token('service', 'zones-page-service') });
    const audited = (await api.audit({ limit: 1_000 })).find(({ action }) => action === 'zones:unlock');
    expect(audited).toMatchObject({ by: 'zones-page-ben', text: expect.stringContaining(REGION) });
    await deleteZone(ann, 'Depot');
  }, 200_000);
});

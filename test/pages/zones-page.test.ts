import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { manhattan } from '#city';
import { regionAt } from '#geo/cells';
import { Api, ZonesApi } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn } from '../fixtures/browser.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
/** Half the width of a zone that is added in the middle of the map. */
const HALF_PX = 90;
/** Corners that are moved to measure the time until the other browser shows them. */
const MOVES = 20;
const REGION = regionAt(manhattan().center);

const button = (page: Page | Locator, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const zoneRow = (page: Page, name: string) => page.locator('.zone-row', { hasText: name });

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);
  }
}

describe.skipIf(browserPath === '')('zones on the boards of two dispatchers', () => {
  let system: System;
  let browser: Browser;
  let service: ZonesApi;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    service = new ZonesApi(
      new Api({ url: system.url, token: await system.token('service', 'zones-page-service') }),
    );
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  // Other files have their trips here.
  afterAll(async () => {
    const { number, replaces } = await service.compare(REGION);
    const [first] = await service.versions(REGION);
    if (first === undefined) return;
    const draft = await service.export(REGION);
    expect(draft.features).toEqual([]);
    if (replaces > 0 && first.zoneCount > 0)
      await service.publish(REGION, { comment: 'Empty', number: number!, replaces, allowEmpty: true });
  });

  async function opened(node: number, user: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      ...CALM,
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    await signIn(page, 'dispatcher', await system.token('dispatcher', user));
    await page.goto(`${system.gateways[node]!.url}/dispatch`);
    await page.locator('.map[data-drawn=true]').waitFor(PATIENT);
    await page.locator('.board:not([data-regions="0"])').waitFor(PATIENT);
    await button(page, 'Zones').click();
    return page;
  }

  async function editing(node: number, user: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await opened(node, user, options);
    await button(page, 'Edit zones').click(PATIENT);
    await page.getByText('All changes saved').waitFor(PATIENT);
    await page.locator('.zone-toolbar').waitFor(PATIENT);
    await page.locator('.zone-cursors').waitFor({ ...PATIENT, state: 'attached' });
    return page;
  }

  /** Returns the middle of the map, where new zones are added. */
  async function middleOf(page: Page): Promise<{ x: number; y: number }> {
    const { x, y, width, height } = (await page.locator('.stage').boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  }

  /** Drags something on the map, whose middle and the way are given in pixels. */
  async function drag(page: Page, from: [x: number, y: number], by: [x: number, y: number]): Promise<void> {
    const middle = await middleOf(page);
    const [x, y] = [middle.x + from[0], middle.y + from[1]];
    await page.mouse.move(x - 1, y - 1);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + by[0] / 2, y + by[1] / 2, { steps: 3 });
    await page.mouse.move(x + by[0], y + by[1], { steps: 3 });
    await page.mouse.up();
  }

  /** Reads the corners in the form. */
  const corners = (page: Page): Promise<string[]> =>
    page
      .locator('.zone-ring li')
      .evaluateAll((rows) =>
        rows.map((row) =>
          [
            ...(
              row as unknown as { querySelectorAll(s: string): Iterable<{ value: string }> }
            ).querySelectorAll('.zone-coordinate'),
          ]
            .map(({ value }) => value)
            .join(' '),
        ),
      );

  async function selectInMiddle(page: Page): Promise<void> {
    const { x, y } = await middleOf(page);
    await page.mouse.click(x, y);
    await page.locator('.zone-form').waitFor(PATIENT);
    await page.locator('.zone-corners > summary').click();
  }

  test('where roads are measured in miles, a walk is typed and read in feet, and the draft has metres', async () => {
    const page = await editing(0, 'zones-page-feet', { locale: 'en-US' });
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
    const stored = async () =>
      (await service.export(REGION)).features.map(({ properties }) => properties.rules);
    await expect.poll(stored, PATIENT).toMatchObject([{ maxWalkM: 304.8 }]);
    expect(await walk.inputValue()).toBe('1000');
    await page.locator('.zone-delete').click();
    await expect.poll(stored, PATIENT).toEqual([]);
  }, 120_000);

  test('both move a corner of one zone at once, edit offline, and one publishes what a third board shows', async () => {
    const [ann, ben] = await Promise.all([editing(0, 'zones-page-ann'), editing(1, 'zones-page-ben')]);
    const errors = [ann, ben].map((page, node) => pageErrorsOf(page, system.gateways[node]!.url));
    await ann
      .locator('.zone-status')
      .getByRole('img', { name: 'Editing now: zones-page-ben' })
      .waitFor(PATIENT);

    await button(ann, 'Add zone').click();
    await ann.locator('.zone-form').waitFor(PATIENT);
    await ann.getByLabel('Kind', { exact: true }).selectOption('surge');
    await ann.getByLabel('Name', { exact: true }).fill('Harbour');
    await ann.getByLabel('Name', { exact: true }).press('Enter');
    await ann.locator('.zone-corners > summary').click();
    await zoneRow(ben, 'Harbour').waitFor(PATIENT);
    await selectInMiddle(ben);
    await ann.getByText('zones-page-ben also editing').waitFor(PATIENT);
    await zoneRow(ben, 'Harbour').getByRole('img', { name: 'Selected by zones-page-ann' }).waitFor(PATIENT);
    const before = await corners(ann);
    expect(before).toHaveLength(4);
    await expect.poll(() => corners(ben), PATIENT).toEqual(before);

    // Corner 1 is at the bottom left, corner 3 at the top right.
    await Promise.all([drag(ann, [-HALF_PX, HALF_PX], [-40, 30]), drag(ben, [HALF_PX, -HALF_PX], [40, -30])]);
    const movedOf = async (page: Page) =>
      (await corners(page)).map((corner, i) => (corner === before[i] ? '' : 'moved')).join();
    await expect
      .poll(() => Promise.all([ann, ben].map(movedOf)), PATIENT)
      .toEqual(Array(2).fill('moved,,moved,'));
    expect(await corners(ann)).toEqual(await corners(ben));

    // Undo takes back only the own move.
    await button(ann, 'Undo').click();
    await expect.poll(() => movedOf(ben), PATIENT).toBe(',,moved,');
    await button(ann, 'Redo').click();
    await expect.poll(() => movedOf(ben), PATIENT).toBe('moved,,moved,');

    // A corner between two others, added by dragging the dot between them, and removed by the keyboard.
    await drag(ann, [-20, HALF_PX + 15], [0, 40]);
    await expect.poll(async () => (await corners(ben)).length, PATIENT).toBe(5);
    await button(ann, 'Corner 2').focus();
    await ann.keyboard.press('Delete');
    await expect.poll(async () => (await corners(ben)).length, PATIENT).toBe(4);

    await expectAccessible(ann);
    console.log(await latencies(ann, ben));

    // Both without a network, and each edits something else.
    const contexts = [ann.context(), ben.context()];
    await Promise.all(contexts.map((context) => context.setOffline(true)));
    for (const page of [ann, ben])
      await page.getByText(/^No connection. Your edits are kept/).waitFor(PATIENT);
    await ann.getByLabel('Name', { exact: true }).fill('Old harbour');
    await ann.getByLabel('Name', { exact: true }).press('Enter');
    await ben.getByLabel('Factor').fill('11');
    await ben.getByText('Enter 1 to 10 ×').waitFor(PATIENT);
    await ben.getByLabel('Factor').fill('2.5');
    await ben.getByLabel('Factor').press('Enter');
    await expectAccessible(ben);
    await Promise.all(contexts.map((context) => context.setOffline(false)));
    for (const page of [ann, ben]) {
      await page.getByText('All changes saved').waitFor(PATIENT);
      await zoneRow(page, 'Old harbour').waitFor(PATIENT);
      await expect.poll(() => page.getByLabel('Factor').inputValue(), PATIENT).toBe('2.5');
    }

    await ann.getByRole('switch', { name: 'Lock for others' }).click();
    await ben.getByText('Locked by zones-page-ann').waitFor(PATIENT);
    expect(await ben.getByLabel('Factor').isDisabled()).toBe(true);
    await ann.getByRole('switch', { name: 'Lock for others' }).click();
    await expect.poll(() => ben.getByLabel('Factor').isDisabled(), PATIENT).toBe(false);

    // Publishing changes what the other board shows without editing.
    await button(ben, 'Done').click();
    await zoneRow(ben, 'Old harbour').waitFor({ ...PATIENT, state: 'detached' });
    await button(ann, 'Publish…').click();
    await ann.getByText('Added surge zone “Old harbour”').waitFor(PATIENT);
    await expectAccessible(ann);
    await ann.getByLabel(/^Why\?/).fill('The harbour is busy');
    await ann.locator('.zone-publish').getByRole('button', { name: 'Publish', exact: true }).click();
    await ann.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await ann.getByText(/^Version \d+ is published$/).waitFor(PATIENT);
    await zoneRow(ben, 'Old harbour').click();
    await ben.locator('.zone-card').getByText('2.5 ×').waitFor(PATIENT);
    await expectAccessible(ben);

    await button(ann, 'Versions').click();
    await ann.getByText('The harbour is busy').waitFor(PATIENT);
    await button(ann, 'Close').click();

    // A broken file changes nothing and says why; the zones of a good one can be drawn on.
    await drop(
      ann,
      'broken.geojson',
      ring([
        [-73.99, 40.75],
        [-73.98, 40.75],
        [-73.98, 40.76],
        [-73.99, 40.76],
      ]),
    );
    const dialog = ann.getByRole('dialog');
    await dialog.getByText('broken.geojson was not imported').waitFor(PATIENT);
    await dialog.getByText(/Feature 0 “Dropped” has a ring that is not closed/).waitFor(PATIENT);
    await expectAccessible(ann);
    await button(dialog, 'Close').click();
    await drop(
      ann,
      'good.geojson',
      ring([
        [-73.99, 40.75],
        [-73.99, 40.76],
        [-73.98, 40.76],
        [-73.98, 40.75],
        [-73.99, 40.75],
      ]),
    );
    await dialog.getByText('“Dropped”: a ring turned round').waitFor(PATIENT);
    await button(dialog, 'Close').click();
    for (const name of ['Dropped', 'Old harbour']) {
      await zoneRow(ann, name).click();
      await button(ann, 'Delete zone').click();
      await zoneRow(ann, name).waitFor({ ...PATIENT, state: 'detached' });
    }
    await ann.getByText('All changes saved').waitFor(PATIENT);
    // Without a network, requests fail.
    const unexpected = errors
      .flat()
      .filter((error) => !/ERR_INTERNET_DISCONNECTED|WebSocket|status of 400/.test(error));
    expect(unexpected).toEqual([]);
  }, 400_000);

  const ring = (coordinates: number[][]) => ({
    type: 'Feature',
    properties: { name: 'Dropped', kind: 'alert' },
    geometry: { type: 'Polygon', coordinates: [coordinates] },
  });

  const drop = (page: Page, name: string, content: object): Promise<unknown> =>
    page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(JSON.stringify(content))}], '${name}'));
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
    }`);

  /** Measures the time from a key to the corner in the other browser, whose clock is the same. */
  async function latencies(from: Page, to: Page): Promise<string> {
    const field = to.locator('.zone-ring li').first().locator('.zone-coordinate').first();
    await button(from, 'Corner 1').focus();
    const all: number[] = [];
    for (let i = 0; i < MOVES; i += 1) {
      const before = await field.inputValue();
      const seen = field.evaluate(
        (input, before) =>
          new Promise<number>((resolve) => {
            const timer = setInterval(() => {
              if ((input as unknown as { value: string }).value === before) return;
              clearInterval(timer);
              resolve(Date.now());
            }, 2);
          }),
        before,
      );
      const key = i % 2 === 0 ? 'ArrowUp' : 'ArrowDown';
      await from.keyboard.down(key);
      const sentAt = Date.now();
      await from.keyboard.up(key);
      all.push((await seen) - sentAt);
    }
    all.sort((a, b) => a - b);
    const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))];
    return `a moved corner in the other browser, on another gateway: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
  }
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import type { Fix } from '#protocol';
import { Api } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn } from '../fixtures/browser.js';
import { Apps, north } from '../fixtures/journey.js';
import { formatCost, measureCost } from '../fixtures/page-cost.js';
import { type System, startSystem } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const HERE = { lat: 40.758, lng: -73.985 };

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
/** Sends a confirmed action, which could still be taken back. */
const sendNow = (page: Page) => button(page, 'Do it now').click(PATIENT);
const rows = (page: Page) => page.locator('.fleet-row');

/** Expects no accessibility violation in either colour scheme, and no horizontal overflow. */
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);
  }
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(page.viewportSize()!.width);
}

describe.skipIf(browserPath === '')('the dispatch board in a real browser', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let service: Api;
  const driving: NodeJS.Timeout[] = [];
  test.beforeAll(async ({ browser: sharedBrowser }) => {
    system = await startSystem({ gateways: 2, env: { HEXFLEET_SUPPORT_ACCESS: '1' } });
    browser = sharedBrowser;
    apps = new Apps(system);
    service = new Api({ url: system.url, token: await system.token('service', 's') });
  });
  afterEach(async () => {
    for (const timer of driving.splice(0)) clearInterval(timer);
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    await system.stop();
  });

  /** Connects a driver to the other gateway and lets it drive south. */
  async function driverFrom(driverId: string, metresNorth: number, extras: Partial<Fix> = {}) {
    const place = north(HERE, metresNorth);
    const driver = await apps.driverAt(driverId, place, { url: system.gateways[1]!.url });
    let metres = 0;
    driving.push(
      setInterval(() => {
        metres += 8;
        driver.push({ t: Date.now(), ...north(place, -metres), ...extras });
      }, 1_000),
    );
    return driver;
  }

  async function opened(name: string, query = ''): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: { width: 1440, height: 900 } });
    const costOf = measureCost(page);
    const openedAt = performance.now();
    await signIn(page, 'dispatcher', await system.token('dispatcher', name));
    await page.goto(`${system.gateways[0]!.url}/dispatch${query}`);
    await page.locator('.map[data-drawn=true]').waitFor(PATIENT);
    await rows(page).first().waitFor(PATIENT);
    console.log(formatCost('the board', await costOf(), performance.now() - openedAt));
    return page;
  }

  test('shows vehicles when zoomed in and cells when zoomed out, filters them, and selects one by keyboard', async () => {
    const leaves = await driverFrom('b-adams', 0);
    await driverFrom('b-baker', 400, { batteryPct: 55, altitudeM: 12, isMock: true, provider: 'fused' });
    const busy = await driverFrom('b-clark', 800);
    await busy.setStatus('busy');
    const page = await opened('b-desk');
    const pageErrors = pageErrorsOf(page, system.gateways[0]!.url);
    await expect.poll(() => rows(page).count(), PATIENT).toBe(3);
    await expectAccessible(page);

    await button(page, 'Zoom out').click();
    await page.locator('.map-view[data-drawn-as=cells]').waitFor(PATIENT);
    await page.getByText('Available cars 2').waitFor(PATIENT);
    expect(Number(await page.locator('.legend').getAttribute('data-cells'))).toBeGreaterThan(1);
    await button(page, 'Zoom in').click();
    await page.locator('.map-view[data-drawn-as=vehicles]').waitFor(PATIENT);

    await button(page, /^Busy/).click();
    await expect.poll(() => rows(page).count(), PATIENT).toBe(2);
    await page.getByRole('searchbox').fill('BAK');
    await expect
      .poll(() => rows(page).allInnerTexts(), PATIENT)
      .toEqual([expect.stringContaining('b-baker')]);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByText('No vehicles match the filters').waitFor(PATIENT);
    await expectAccessible(page);
    await page.getByRole('searchbox').fill('');
    await button(page, /^Busy/).click();

    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.locator('.fleet-row[data-hovered=true]', { hasText: 'b-baker' }).waitFor(PATIENT);
    expect(await page.locator('.vehicle-card').count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.locator('.vehicle-card[data-driver=b-baker]').waitFor(PATIENT);
    await expect.poll(() => page.locator('.card-fixes tbody tr').count(), PATIENT).toBeGreaterThan(1);
    await expect
      .poll(() => page.locator('.card-facts').innerText(), PATIENT)
      .toMatch(/Update interval\s+\d[\s\S]*Delay\s+\d/);
    await page.getByText(/^Connected to gateway-[12]$/).waitFor(PATIENT);
    await expect
      .poll(() => page.locator('.card-facts').innerText(), PATIENT)
      .toMatch(/Battery\s+55 %[\s\S]*Altitude\s+12 m[\s\S]*Location source\s+fused/);
    await page.getByText('Mock location').waitFor(PATIENT);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.vehicle-card').count(), PATIENT).toBe(0);

    // The same with the command palette.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('b-clar');
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.locator('.vehicle-card[data-driver=b-clark]').waitFor(PATIENT);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('clear sel');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.vehicle-card').count(), PATIENT).toBe(0);

    await leaves.setStatus('offline');
    await expect.poll(() => rows(page).count(), PATIENT).toBe(2);
    expect(pageErrors).toEqual([]);
  }, 180_000);

  test.each([
    { name: 'a phone', viewport: { width: 360, height: 640 } },
    { name: 'a desktop at a zoom of 200 %', viewport: { width: 720, height: 450 } },
  ])(
    'shows list, card, trips and activity one at a time on $name',
    async ({ viewport }) => {
      const driverId = `narrow-${viewport.width}`;
      const driver = await driverFrom(driverId, 1_200);
      driver.on('offer', ({ tripId }) => driver.decline(tripId).catch(() => {}));
      const trip = await service.createTrip({
        riderId: `${driverId}-rider`,
        driverId,
        pickup: HERE,
        dropoff: north(HERE, 2_000),
      });
      const page = await browser.newPage({ ...CALM, viewport });
      await signIn(page, 'dispatcher', await system.token('dispatcher', `${driverId}-desk`));
      await page.goto(`${system.gateways[0]!.url}/dispatch`);
      const tab = (name: string) => page.getByRole('navigation').getByRole('button', { name });
      /** Expects the first of them to be in view, in full and at least as high as a finger. */
      const expectUsable = async (selector: string) => {
        const box = await page.locator(selector).first().boundingBox(PATIENT);
        expect(box!.height).toBeGreaterThanOrEqual(34);
        expect(box!.y + box!.height).toBeLessThanOrEqual(viewport.height);
        expect(box!.x + box!.width).toBeLessThanOrEqual(viewport.width);
        await expectAccessible(page);
      };
      await tab('Vehicles').click(PATIENT);
      await expectUsable('.fleet-row');
      await rows(page).filter({ hasText: driverId }).click(PATIENT);
      await expectUsable('.vehicle-card header');
      await button(page, 'Message').click({ trial: true, ...PATIENT });
      await page.getByRole('button', { name: 'Close' }).click(PATIENT);
      await tab('Trips').click(PATIENT);
      await expectUsable(`[data-trip="${trip.id}"]`);
      await tab('Activity').click(PATIENT);
      await page.getByRole('heading', { name: 'Activity' }).waitFor(PATIENT);
      await tab('Map').click(PATIENT);
      await button(page, 'Zoom in').click(PATIENT);
      await service.cancelTrip(trip.id);
    },
    120_000,
  );

  test('lists and finds the whole fleet, flies to a hit outside the view, and the address restores the view', async () => {
    await driverFrom('w-near', 0);
    await driverFrom('w-far', 30_000);
    const page = await opened('w-desk');
    const pageErrors = pageErrorsOf(page, system.gateways[0]!.url);
    const listed = (name: string) => rows(page).filter({ hasText: name });
    await listed('w-near').waitFor(PATIENT);
    expect(await listed('w-far').count()).toBe(0);
    await page.getByRole('radio', { name: 'All', exact: true }).check();
    await listed('w-far').waitFor(PATIENT);
    await page.keyboard.press('/');
    await page.locator('.fleet-search input:focus').waitFor(PATIENT);
    await page.keyboard.type('w-f');
    await expect.poll(() => rows(page).count(), PATIENT).toBe(1);
    await expectAccessible(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await listed('w-far').click();
    await page.locator('.vehicle-card[data-driver=w-far]').waitFor(PATIENT);
    await expect.poll(() => page.url(), PATIENT).toMatch(/c=41\.\d+.*list=all.*q=w-f.*driver=w-far/);

    await page.reload();
    await page.locator('.vehicle-card[data-driver=w-far]').waitFor(PATIENT);
    expect(await page.getByRole('searchbox').first().inputValue()).toBe('w-f');
    await page.getByRole('radio', { name: 'In view', exact: true }).check();
    await expect.poll(() => rows(page).allInnerTexts(), PATIENT).toEqual([expect.stringContaining('w-far')]);

    // Back to the other one, with the palette, and both picked for a common action.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('w-near');
    // Until the service has answered, the only option saves the view under this name: Enter waits for the answer.
    await page.keyboard.press('Enter');
    await page.locator('.vehicle-card[data-driver=w-near]').waitFor(PATIENT);
    await page.getByRole('searchbox').first().fill('w-near');
    await listed('w-near').click({ modifiers: ['Control'], ...PATIENT });
    await page.locator('.picked').getByRole('button', { name: 'Take offline' }).click();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Take offline' }).click();
    await sendNow(page);
    await page.getByText('Taken offline: 1 driver').waitFor(PATIENT);
    await expect.poll(() => listed('w-near').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor(PATIENT);
    await expectAccessible(page);
    expect(pageErrors).toEqual([]);
  }, 180_000);

  test('replays a driver and an area, and charts the last minutes', async () => {
    for (const [n, name] of ['p-adams', 'p-baker', 'p-clark'].entries()) await driverFrom(name, n * 400);
    const page = await opened('p-desk', '?driver=p-baker');
    const pageErrors = pageErrorsOf(page, system.gateways[0]!.url);
    await expect.poll(() => page.locator('.card-fixes tbody tr').count(), PATIENT).toBeGreaterThan(3);
    await button(page, 'Replay last hour').click();
    const bar = page.locator('.replay');
    const at = async () => Number(await bar.getAttribute('data-at'));
    await expect.poll(at, PATIENT).toBeGreaterThan(0);
    const from = await at();
    await expect.poll(at, PATIENT).toBeGreaterThan(from);
    await page.getByRole('slider', { name: 'Time' }).focus();
    await page.keyboard.press('Home');
    await expect.poll(at, PATIENT).toBeLessThanOrEqual(from);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect.poll(() => bar.count(), PATIENT).toBe(0);

    await button(page, 'Replay this area').click();
    // Includes vehicles of other tests.
    const vehicles = async () => Number(await bar.getAttribute('data-vehicles'));
    await expect.poll(vehicles, PATIENT).toBeGreaterThanOrEqual(3);
    const banner = page.locator('.replay-banner');
    await banner.getByText(/^Replay: \d+ vehicles$/).waitFor(PATIENT);
    // The whole board shows that time: a vehicle of the list at its place then, without actions.
    await rows(page).filter({ hasText: 'p-adams' }).click(PATIENT);
    const past = page.locator('.vehicle-card[data-past]', { hasText: 'p-adams' });
    await past.getByText('No trip known at this time').waitFor(PATIENT);
    // Nobody knows whether a vehicle without a trip was available then.
    expect(await page.getByText('Available', { exact: true }).count()).toBe(1);
    expect(await page.getByRole('button', { name: /^Available –$/ }).count()).toBe(1);
    expect(await page.locator('.kpi-bar').isVisible()).toBe(false);
    expect(await button(page, 'Message').count()).toBe(0);
    expect(await bar.count()).toBe(1);
    await expectAccessible(page);
    await button(page, 'Back to live').click();
    await expect.poll(() => bar.count(), PATIENT).toBe(0);

    await button(page, 'Show charts').click();
    const charts = page.locator('.chart');
    await expect.poll(() => charts.count(), PATIENT).toBe(5);
    const points = async () => Number(await charts.first().getAttribute('data-points'));
    const seen = await points();
    await expect.poll(points, PATIENT).toBeGreaterThan(seen);
    await page.getByRole('img', { name: /^Position updates per second: Updates\/s now \d/ }).waitFor(PATIENT);
    await page.getByRole('img', { name: /^Connections: gateway-1 now \d.*gateway-2 now/ }).focus();
    await page.keyboard.press('ArrowLeft');
    await charts.nth(3).locator('.chart-time').waitFor(PATIENT);
    await charts
      .nth(3)
      .getByRole('status')
      .getByText(/gateway-1 \d.*gateway-2 \d/)
      .waitFor(PATIENT);
    await expectAccessible(page);
    expect(pageErrors).toEqual([]);

    // The charts do not cover the connection notice, and they continue after a reconnect.
    const tripsNow = () => page.getByRole('img', { name: /^Open trips: Waiting now \d/ }).waitFor(PATIENT);
    await tripsNow();
    await page.context().setOffline(true);
    const notice = page.locator('.board-offline');
    await notice.waitFor(PATIENT);
    const [over, under] = [await page.locator('.charts').boundingBox(), await notice.boundingBox()];
    expect(over!.y + over!.height).toBeLessThanOrEqual(under!.y);
    const before = await points();
    await page.context().setOffline(false);
    await expect.poll(() => notice.count(), PATIENT).toBe(0);
    await expect.poll(points, PATIENT).toBeGreaterThan(before + 2);
    await tripsNow();
    await page.keyboard.press('Escape');
    await expect.poll(() => charts.count(), PATIENT).toBe(0);
  }, 180_000);

  test('assigns a trip, reads its chat, sends a message, cancels it and takes the driver offline, all audited', async () => {
    const driver = await driverFrom('h-evans', 0);
    const notices: string[] = [];
    driver.on('notice', ({ kind, text }) => notices.push(`${kind} ${text}`));
    driver.on('offer', ({ tripId }) => driver.decline(tripId).catch(() => {}));
    const rider = await apps.rider('h-rider');
    const page = await opened('h-desk');
    const pageErrors = pageErrorsOf(page, system.gateways[0]!.url);
    const trip = await rider.requestTrip({ pickup: HERE, dropoff: north(HERE, 2_000) });
    await page.locator(`.trips [data-trip="${trip.id}"]`).click(PATIENT);
    await button(page, 'Assign driver').click();
    await expectAccessible(page);
    await page.getByRole('radio', { name: /h-evans/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Assign' }).click();
    await sendNow(page);
    await page.getByText('Trip assigned').or(page.locator('.vehicle-card')).first().waitFor(PATIENT);
    await expect.poll(async () => (await service.trip(trip.id)).driverId, PATIENT).toBe('h-evans');

    await rider.chat(trip.id).send('At the entrance');
    await button(page, 'Read chat').click(PATIENT);
    await page.getByText('At the entrance').waitFor(PATIENT);

    await button(page, 'Message').click();
    await page.getByRole('textbox', { name: 'Message text' }).fill('Call the desk');
    await button(page, 'Send').click();
    await sendNow(page);
    await expect.poll(() => notices, PATIENT).toEqual(['message Call the desk']);

    await button(page, 'Cancel trip').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel trip' }).click();
    await sendNow(page);
    await expect.poll(async () => (await service.trip(trip.id)).state, PATIENT).toBe('cancelled');
    await page.locator('.fleet-row', { hasText: 'h-evans' }).click(PATIENT);
    await button(page, 'Take offline').click(PATIENT);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await button(page, 'Take offline').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take offline' }).click();
    await sendNow(page);
    await expect.poll(async () => (await service.driver('h-evans')).status, PATIENT).toBe('offline');
    await expect.poll(() => page.getByRole('dialog').count(), PATIENT).toBe(0);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor(PATIENT);
    await page.keyboard.type('audit');
    await page.keyboard.press('Enter');
    const took = page.getByRole('listitem').filter({ hasText: 'took a driver offline' });
    await took.filter({ hasText: 'h-evans' }).waitFor(PATIENT);
    await expectAccessible(page);
    const actions = (await service.audit({ limit: 1_000 })).filter(
      ({ by, action }) => by === 'h-desk' && !action.endsWith(':view'),
    );
    expect(actions.map(({ action }) => action).reverse()).toEqual([
      'trip:assign',
      'chat:history',
      'user:notice',
      'trip:cancel',
      'driver:offline',
    ]);
    expect(pageErrors).toEqual([]);
  }, 180_000);

  test('shows each event once, also after a disconnect and a reload, and raises an alert for a hung gateway', async () => {
    await driverFrom('n-ford', 0);
    const page = await opened('n-desk');
    const report = (text: string) =>
      system.token('driver', 'n-ford').then((token) =>
        fetch(`${system.url}/api/incidents`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ kind: 'breakdown', text, ...HERE }),
        }),
      );
    const happened = () => page.locator('.activity li').allInnerTexts();
    await expect.poll(() => page.locator('.board').getAttribute('data-regions'), PATIENT).not.toBe('0');
    // A reloaded page gets the events since its last visit, even if it had none before.
    const { href } = new URL(page.url());
    await page.goto('about:blank');
    await report('flat tyre');
    await page.goto(href);
    await expect.poll(happened, PATIENT).toEqual([expect.stringContaining('flat tyre')]);

    await page.context().setOffline(true);
    await page.locator('.board[data-connection=offline]').waitFor(PATIENT);
    await report('engine');
    await page.context().setOffline(false);
    await expect.poll(happened, PATIENT).toHaveLength(2);
    await page.reload();
    await report('lights');
    await expect.poll(happened, PATIENT).toHaveLength(3);
    expect((await happened())[0]).toContain('lights');

    await expect.poll(() => page.locator('[data-figure=fixes]').innerText(), PATIENT).toMatch(/^[1-9]/);
    await page.getByText('gateway-2').first().waitFor(PATIENT);
    // Hang it first: a killed gateway may be back before its absence is noticed.
    process.kill(system.gateways[1]!.pid, 'SIGSTOP');
    await page.locator('.alert[data-kind=node_gone]').waitFor(PATIENT);
    process.kill(system.gateways[1]!.pid, 'SIGKILL');
    // The gateway restarts, and the alert clears by itself.
    await page.locator('.alert[data-kind=node_gone]').waitFor({ state: 'detached', ...PATIENT });
  }, 180_000);
});

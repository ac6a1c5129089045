import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import { Api } from '#sdk';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, pageErrorsOf, signIn } from '../fixtures/browser.js';
import { Apps, north } from '../fixtures/journey.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const HERE = { lat: 40.758, lng: -73.985 };

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
/** Sends a confirmed action, which could still be taken back. */
const sendNow = (page: Page) => button(page, 'Do it now').click(PATIENT);
const dialog = (page: Page) => page.getByRole('dialog');
const palette = (page: Page) => page.getByRole('dialog').getByRole('combobox');
const listed = (page: Page, tripId: string) => page.locator(`.trips [data-trip="${tripId}"]`);

/** Expects no accessibility violation in either colour scheme. */
async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect.poll(() => accessibilityViolations(page)).toEqual([]);
  }
}

describe.skipIf(browserPath === '')('dispatch actions on the board in a real browser', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let service: Api;
  const driving = new Map<string, NodeJS.Timeout>();
  test.beforeAll(async ({ silentSystem, browser: sharedBrowser }) => {
    system = silentSystem;
    browser = sharedBrowser;
    apps = new Apps(system);
    service = new Api({ url: system.url, token: await system.token('service', 's') });
  });
  afterEach(async () => {
    for (const driverId of driving.keys()) fallsSilent(driverId);
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  async function opened(name: string, query = ''): Promise<Page> {
    const page = await browser.newPage({ ...CALM, viewport: { width: 1440, height: 900 } });
    await signIn(page, 'dispatcher', await system.token('dispatcher', name));
    await page.goto(`${system.gateways[0]!.url}/dispatch${query}`);
    await page.locator('.board[data-connection=online]').waitFor(PATIENT);
    return page;
  }

  /**
   * Connects a driver to the other gateway and lets it report each second on its way north.
   * @returns a function that resumes the reports
   */
  async function drives(driverId: string): Promise<() => void> {
    const driver = await apps.driverAt(driverId, HERE, { url: system.gateways[1]!.url });
    let metres = 0;
    const report = () => {
      metres += 8;
      driver.push({ t: Date.now(), ...north(HERE, metres) });
    };
    const resume = () => driving.set(driverId, setInterval(report, 1_000));
    resume();
    return resume;
  }

  function fallsSilent(driverId: string): void {
    clearInterval(driving.get(driverId));
    driving.delete(driverId);
  }

  /** Creates a trip of this driver. */
  async function tripOf(riderId: string, driverId: string) {
    const resume = await drives(driverId);
    const rider = await apps.rider(riderId);
    const trip = await service.createTrip({ riderId, driverId, pickup: HERE, dropoff: north(HERE, 2_000) });
    return { rider, trip, resume };
  }

  test('sends a message to the rider of a trip and cancels the trip, by keyboard only', async () => {
    const { rider, trip } = await tripOf('k-rider', 'k-driver');
    const notices: string[] = [];
    rider.on('notice', ({ text }) => notices.push(text));
    const page = await opened('k-desk');
    const pageErrors = pageErrorsOf(page, system.gateways[0]!.url);
    await listed(page, trip.id).waitFor(PATIENT);
    const command = async (text: string) => {
      await page.keyboard.press('Control+k');
      await palette(page).waitFor(PATIENT);
      await page.keyboard.type(text);
      await page.getByRole('option').first().waitFor(PATIENT);
      await page.keyboard.press('Enter');
    };
    await command('k-rider');
    await page.locator('.vehicle-card[data-driver=k-driver]').waitFor(PATIENT);

    await command('message');
    await page.getByRole('radio', { name: /k-driver/ }).focus();
    await page.keyboard.press('ArrowDown');
    await dialog(page).getByRole('heading', { name: 'Message k-rider' }).waitFor(PATIENT);
    await page.keyboard.press('Tab');
    await page.keyboard.type('Your car is blue');
    await expectAccessible(page);
    // The palette does not open over a dialog.
    await page.keyboard.press('Control+k');
    expect(await palette(page).count()).toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await sendNow(page);
    await page.getByText('Message sent').waitFor(PATIENT);
    await expect.poll(() => notices, PATIENT).toEqual(['Your car is blue']);

    await command('cancel trip');
    await dialog(page).getByRole('heading', { name: 'Cancel trip' }).waitFor(PATIENT);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await sendNow(page);
    // The buttons disappear with the trip, but the confirmation stays.
    await page.getByText('Trip cancelled').waitFor(PATIENT);
    await expectAccessible(page);
    expect((await service.trip(trip.id)).state).toBe('cancelled');
    const done = (await service.audit({ limit: 1_000 })).filter(
      ({ by, action }) => by === 'k-desk' && !action.endsWith(':view'),
    );
    expect(done).toMatchObject([
      { action: 'trip:cancel', tripId: trip.id },
      { action: 'user:notice', userId: 'k-rider', text: 'Your car is blue' },
    ]);
    expect(pageErrors).toEqual([]);
  }, 180_000);

  test('explains a rejected action, and keeps a draft message when the driver gets a trip', async () => {
    await drives('r-driver');
    const page = await opened('r-desk', '?driver=r-driver');
    await button(page, 'Message').click(PATIENT);
    await page.getByRole('textbox', { name: 'Message text' }).fill('Half a thou');
    const taken = { riderId: 'r-rider', driverId: 'r-driver', pickup: HERE, dropoff: north(HERE, 2_000) };
    const trip = await service.createTrip(taken);
    await listed(page, trip.id).waitFor(PATIENT);
    expect(await page.getByRole('textbox', { name: 'Message text' }).inputValue()).toBe('Half a thou');
    await button(page, 'Back').click();
    await service.cancelTrip(trip.id);

    await button(page, 'Take offline').click(PATIENT);
    const again = await service.createTrip(taken);
    await dialog(page).getByRole('button', { name: 'Take offline' }).click();
    await sendNow(page);
    const failure = page.locator('.action-toast[data-state=failed]');
    await failure.filter({ hasText: 'Trying again won’t help.' }).waitFor(PATIENT);
    await expectAccessible(page);
    await failure.getByRole('button', { name: 'Close message' }).click();
    await service.cancelTrip(again.id);
  }, 180_000);

  test('takes back a confirmed action for ten seconds, also while it is being retried without a connection', async () => {
    const { trip } = await tripOf('b-rider', 'b-driver');
    const page = await opened('b-desk', `?trip=${trip.id}`);
    await button(page, 'Cancel trip').click(PATIENT);
    await dialog(page).getByRole('button', { name: 'Cancel trip' }).click();
    await page.getByText('Cancelling trip of b-rider').waitFor(PATIENT);
    await button(page, 'Undo').click();
    await page.getByText('Undone').waitFor(PATIENT);

    await button(page, 'Cancel trip').click(PATIENT);
    await page.context().setOffline(true);
    await dialog(page).getByRole('button', { name: 'Cancel trip' }).click();
    await sendNow(page);
    await page.locator('.action-toast[data-state=sending]').waitFor(PATIENT);
    await expectAccessible(page);
    await button(page, 'Undo').click();
    await page.context().setOffline(false);
    await page.locator('.board[data-connection=online]').waitFor(PATIENT);
    // A message that is taken back can be written again. A retried cancellation would arrive before it.
    await button(page, 'Message').click(PATIENT);
    await page.getByRole('textbox', { name: 'Message text' }).fill('after');
    await button(page, 'Send').click();
    await button(page, 'Undo').click();
    expect(await page.getByRole('textbox', { name: 'Message text' }).inputValue()).toBe('after');
    await button(page, 'Send').click();
    await page.getByText('Message sent').waitFor(PATIENT);
    expect((await service.trip(trip.id)).state).toBe('accepted');
    const done = (await service.audit({ limit: 1_000 })).filter(
      ({ by, action }) => by === 'b-desk' && !action.endsWith(':view'),
    );
    expect(done).toMatchObject([{ action: 'user:notice', text: 'after' }]);
    await service.cancelTrip(trip.id);
  }, 180_000);

  test('does not show a failed driver search as an empty result', async () => {
    const rider = await apps.rider('q-rider');
    const far = north(HERE, 60_000);
    const trip = await rider.requestTrip({ pickup: far, dropoff: north(far, 2_000) });
    const page = await opened('q-desk', `?trip=${trip.id}`);
    await page.route('**/api/nearby?**', (route) => route.abort());
    await button(page, 'Assign driver').click(PATIENT);
    await dialog(page).getByText('Couldn’t search').waitFor(PATIENT);
    await button(page, 'Back').click();
    await page.unroute('**/api/nearby?**');
    await button(page, 'Assign driver').click(PATIENT);
    await dialog(page).getByText('No available drivers within 5 km').waitFor(PATIENT);
    await expectAccessible(page);
    await rider.cancelTrip(trip.id);
  }, 180_000);

  test('raises an alert for a silent driver until it reports again, and again after a dismissed alert', async () => {
    const { trip, resume } = await tripOf('s-rider', 's-driver');
    const page = await opened('s-desk');
    const pageErrors = pageErrorsOf(page, system.gateways[0]!.url);
    await expect.poll(() => page.locator('.board').getAttribute('data-regions'), PATIENT).not.toBe('0');
    await page.locator('.fleet-row', { hasText: 's-driver' }).waitFor(PATIENT);
    const alert = page.locator('.alert[data-kind=driver_silent]', { hasText: 's-driver' });
    fallsSilent('s-driver');
    await alert.waitFor(PATIENT);
    await button(page, /^\d+ alerts?$/).click();
    await alert.getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    await page.locator(`.card-trip[data-trip="${trip.id}"]`).waitFor(PATIENT);
    resume();
    await alert.waitFor({ state: 'detached', ...PATIENT });

    fallsSilent('s-driver');
    await alert.waitFor(PATIENT);
    await button(page, 'Dismiss: s-driver has no signal during a trip').click();
    await alert.waitFor({ state: 'detached', ...PATIENT });
    await page.locator('.alerts-dismissed summary').click();
    await page.locator('.alert-past', { hasText: /s-driver.*Dismissed by s-desk/ }).waitFor(PATIENT);
    resume();
    await page.locator('.fleet-row[data-stale=false]', { hasText: 's-driver' }).waitFor(PATIENT);
    await expectAccessible(page);
    fallsSilent('s-driver');
    await alert.waitFor(PATIENT);
    await service.cancelTrip(trip.id);
    await alert.waitFor({ state: 'detached', ...PATIENT });
    expect(pageErrors).toEqual([]);
  }, 180_000);

  test('selects the driver who reported an incident', async () => {
    await drives('i-driver');
    const page = await opened('i-desk');
    await expect.poll(() => page.locator('.board').getAttribute('data-regions'), PATIENT).not.toBe('0');
    const report = { kind: 'breakdown', text: 'flat tyre', ...HERE };
    await rest(`${system.url}/api/incidents`, 'POST', await system.token('driver', 'i-driver'), report);
    // It is in the activity, and an alert until somebody dismisses it, also for boards that are opened later.
    await page
      .locator('.activity')
      .getByRole('button', { name: /flat tyre/ })
      .click(PATIENT);
    await page.locator('.vehicle-card[data-driver=i-driver]').waitFor(PATIENT);
  }, 180_000);
});

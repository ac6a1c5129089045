import type { Browser } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import type { ShareLink, Trip } from '#protocol';
import { browserPath, CALM, pageErrorsOf } from '../fixtures/browser.js';
import { ask, connectStock, type StockClient } from '../fixtures/clients.js';
import { locateColour } from '../fixtures/colours.js';
import { rest } from '../fixtures/rest.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const HERE = { lat: 40.7531, lng: -73.9893 };
const PATIENT = { timeout: 60_000 };
/** Smallest distance between two sightings of a car that has moved, CSS px. */
const DROVE_PX = 15;

describe.skipIf(browserPath === '')('the page behind a shared link in a real browser', () => {
  let system: System;
  let browser: Browser;
  let driver: StockClient;
  let driving: NodeJS.Timeout;
  let isDriving = true;
  test.beforeAll(async ({ system: shared, browser: sharedBrowser }) => {
    system = shared;
    browser = sharedBrowser;
    driver = await connectStock(system.url, '/driver', await system.token('driver', 'link-driver'));
    let step = 0;
    driving = setInterval(() => {
      if (!isDriving) return;
      step += 1;
      const lat = HERE.lat - 0.00008 * step;
      ask(driver, 'fixes', [{ t: Date.now(), lat, lng: HERE.lng }]).catch(() => {});
    }, 1_000);
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    clearInterval(driving);
    driver.socket.disconnect();
  });

  const call = async (method: string, path: string, body?: object) =>
    (await rest(`${system.url}/api/trips${path}`, method, await system.token('service', 's'), body)).body;

  async function shared(): Promise<{ trip: Trip; link: ShareLink }> {
    const places = { pickup: { lat: 40.745, lng: -73.985 }, dropoff: { lat: 40.73, lng: -73.99 } };
    const trip = await call('POST', '', { riderId: 'link-rider', driverId: 'link-driver', ...places });
    return { trip, link: await call('POST', `/${trip.id}/share`) };
  }

  test.each([
    ['phone', { width: 390, height: 844 }],
    ['desktop', { width: 1440, height: 900 }],
  ])(
    'shows the moving car, its arrival time and the end of the trip: %s',
    async (_, viewport) => {
      const { trip, link } = await shared();
      const page = await browser.newPage({ ...CALM, viewport, colorScheme: 'light' });
      const pageErrors = pageErrorsOf(page, system.url);
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(system.url + link.url);
      await page.getByRole('status').filter({ hasText: 'On the way to the pick-up' }).waitFor(PATIENT);
      const text = () => page.locator('body').innerText();
      await expect.poll(text, PATIENT).toMatch(/\d+ (min|s)\s/);
      await expect.poll(text, PATIENT).toMatch(/shown with MapLibre/);
      await expect.poll(text, PATIENT).toMatch(/Live/);

      await expect.poll(() => locateColour(page, 'followed'), PATIENT).not.toBeNull();
      // After a drag the map stays in place while the car moves on.
      const middle = { x: viewport.width * 0.6, y: viewport.height * 0.3 };
      await page.mouse.move(middle.x, middle.y);
      await page.mouse.down();
      await page.mouse.move(middle.x + 30, middle.y + 30, { steps: 5 });
      await page.mouse.up();
      await page.getByRole('button', { name: 'Follow car' }).waitFor(PATIENT);
      const first = (await locateColour(page, 'followed'))!;
      await expect
        .poll(async () => {
          const now = await locateColour(page, 'followed');
          return now === null ? 0 : Math.hypot(now.x - first.x, now.y - first.y);
        }, PATIENT)
        .toBeGreaterThan(DROVE_PX);
      // Nothing overflows the screen.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);

      for (const state of ['arriving', 'arrived', 'on_trip']) await call('PATCH', `/${trip.id}`, { state });
      await page.getByRole('status').filter({ hasText: 'On the way to the destination' }).waitFor(PATIENT);
      await call('PATCH', `/${trip.id}`, { state: 'completed' });
      await page.getByRole('heading', { name: 'Arrived' }).waitFor(PATIENT);
      expect(requests.filter((url) => url.includes('socket.io'))).toEqual([]);
      expect(pageErrors).toEqual([]);
    },
    180_000,
  );

  test('shows who comes: first name, vehicle and photo, and the initial where the photo does not load', async () => {
    const vehicle = { make: 'Toyota', model: 'Corolla', colour: 'white', plate: 'LINK 1' };
    const photoUrl = 'https://photos.example/rosa.png';
    const profile = { name: 'Rosa Meyer', photoUrl, vehicle };
    await rest(`${system.url}/api/drivers/link-driver`, 'PUT', await system.token('service', 's'), profile);
    const { trip, link } = await shared();
    const page = await browser.newPage(CALM);
    const icon = Buffer.from(await (await fetch(`${system.url}/icon-192.png`)).arrayBuffer());
    const referrers: unknown[] = [];
    let isThere = true;
    await page.route('https://photos.example/**', (route) => {
      referrers.push(route.request().headers().referer);
      return isThere ? route.fulfill({ body: icon, contentType: 'image/png' }) : route.abort();
    });
    await page.goto(system.url + link.url);
    const driver = page.locator('.driver-row');
    await driver.filter({ hasText: 'LINK 1 · white Toyota Corolla' }).waitFor(PATIENT);
    expect(await driver.innerText()).not.toContain('Meyer');
    await expect
      .poll(() => page.evaluate("document.querySelector('.driver-row img')?.naturalWidth"), PATIENT)
      .toBe(192);
    expect(referrers).toEqual([undefined]);
    isThere = false;
    await page.reload();
    await driver.locator('span.driver-face').filter({ hasText: 'R' }).waitFor(PATIENT);
    await call('PATCH', `/${trip.id}`, { state: 'cancelled' });
    await page.getByRole('heading', { name: 'Trip cancelled' }).waitFor(PATIENT);
    expect(await driver.count()).toBe(0);
  }, 120_000);

  test('says that it is live only while positions arrive, and otherwise when the last one came', async () => {
    const { trip, link } = await shared();
    const page = await browser.newPage(CALM);
    const freshness = () => page.locator('.freshness').innerText(PATIENT);
    await page.goto(system.url + link.url);
    await expect.poll(freshness, PATIENT).toBe('Live');
    isDriving = false;
    await expect.poll(freshness, PATIENT).toMatch(/^Last seen \d+ s ago$/);
    isDriving = true;
    await expect.poll(freshness, PATIENT).toBe('Live');
    await call('PATCH', `/${trip.id}`, { state: 'cancelled' });
  }, 120_000);

  test('says at once, and to later visitors, that a link was revoked', async () => {
    const { trip, link } = await shared();
    const page = await browser.newPage(CALM);
    await page.goto(system.url + link.url);
    await page.getByRole('status').filter({ hasText: 'On the way to the pick-up' }).waitFor(PATIENT);
    await call('DELETE', `/${trip.id}/share`);
    const over = page.getByRole('heading', { name: 'This link is no longer valid' });
    await over.waitFor(PATIENT);
    await page.reload();
    await over.waitFor(PATIENT);
    await call('PATCH', `/${trip.id}`, { state: 'cancelled' });
  }, 120_000);

  test('hides its address from other servers and search engines', async () => {
    const { headers } = await fetch(`${system.url}/share/${'A'.repeat(32)}`);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toBe('noindex');
  });
});

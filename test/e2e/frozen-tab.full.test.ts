import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#protocol';
import { Api } from '#sdk';
import { browserPath, CALM, launchCheapBrowser, pageErrorsOf, signIn } from '../fixtures/browser.js';
import { Apps, north } from '../fixtures/journey.js';
import { type System, startSystem } from '../fixtures/system.js';

const PATIENT = { timeout: 60_000 };
/** By default longer than every limit of the service: 9.5 s of heartbeats, 30 s of silence, a minute of tolerated skew. */
const FROZEN_S = Number(process.env.HEXFLEET_TEST_FROZEN_S ?? 75);
const START = { lat: 40.75415, lng: -73.98464 };
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1_440, height: 900 };

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const heading = (page: Page, text: string) => page.locator('h1').filter({ hasText: text }).waitFor(PATIENT);

describe.skipIf(browserPath === '')(`tabs that were frozen for ${FROZEN_S} s`, () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  let service: Api;
  const driving: NodeJS.Timeout[] = [];
  beforeAll(async () => {
    system = await startSystem({ env: { HEXFLEET_OFFER_MS: '600000' } });
    browser = await launchCheapBrowser();
    apps = new Apps(system);
    service = new Api({ url: system.url, token: await system.token('service', 's') });
  });
  afterAll(async () => {
    for (const timer of driving) clearInterval(timer);
    apps.closeAll();
    await browser.close();
    await system.stop();
  });

  async function opened(role: Role, user: string, path: string, options: BrowserContextOptions) {
    const page = await browser.newPage({ ...CALM, ...options });
    await signIn(page, role, await system.token(role, user));
    await page.goto(system.url + path);
    return page;
  }

  /** Connects a driver who drives south, and accepts every offer. @returns also a function that ends the fixes */
  async function driverFrom(driverId: string, metresNorth: number) {
    const place = north(START, metresNorth);
    const driver = await apps.driverAt(driverId, place);
    let metres = 0;
    const timer = setInterval(() => {
      metres += 1;
      driver.push({ t: Date.now(), ...north(place, -metres) });
    }, 1_000);
    driving.push(timer);
    driver.on('offer', async ({ tripId }) => {
      await driver.accept(tripId);
      await driver.step(tripId, 'arriving');
    });
    return { driver, stop: () => clearInterval(timer) };
  }

  /** Freezes all pages, as a phone does with an app in the background. @returns resumes them */
  async function freeze(): Promise<() => void> {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    for (const pid of renderers) process.kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of renderers) process.kill(pid, 'SIGCONT');
    };
  }

  test(
    'the rider’s and the driver’s page and the board show the current state when they are back',
    async () => {
      const { driver } = await driverFrom('frozen-driver', 600);
      const rider = await opened('rider', 'frozen-rider', '/rider', { viewport: PHONE });
      await button(rider, 'Penn Station').click(PATIENT);
      await button(rider, 'Request a car').click(PATIENT);
      await heading(rider, 'Your car is on the way');
      const tripId = (await rider.locator('.phone').getAttribute('data-trip'))!;
      const leaving = await driverFrom('frozen-leaving', 300);
      const silent = await driverFrom('frozen-silent', 350);
      const app = await opened('driver', 'frozen-app', `/driver?at=${START.lat},${START.lng}`, {
        viewport: PHONE,
      });
      await button(app, 'Go online').click(PATIENT);
      await heading(app, 'Waiting for a trip');
      const board = await opened('dispatcher', 'frozen-desk', '/dispatch', { viewport: DESK });
      const row = (driverId: string) => board.locator('.fleet-row').filter({ hasText: driverId });
      for (const id of ['frozen-driver', 'frozen-leaving', 'frozen-silent', 'frozen-app'])
        await row(id).waitFor(PATIENT);
      // A driver without a signal may still be listed, but not as a fresh one.
      const freshRows = (driverId: string) =>
        board.locator('.fleet-row:not([data-stale=true])').filter({ hasText: driverId }).count();
      const pages = [rider, app, board];
      const errors = pages.map((page) => pageErrorsOf(page, system.url));
      const resume = await freeze();

      await leaving.driver.setStatus('offline');
      leaving.stop();
      silent.stop();
      await sleep((FROZEN_S * 1_000) / 2);
      await driver.step(tripId, 'arrived');
      await driver.chat(tripId).send('I am in front of the door');
      await expect.poll(() => connectionsOf('frozen-rider', 'frozen-app', 'frozen-desk'), PATIENT).toBe(0);
      await sleep((FROZEN_S * 1_000) / 2);
      await driverFrom('frozen-newcomer', 400);

      resume();
      await heading(rider, 'Your car is here');
      await button(rider, /^Chat/).click();
      await rider.getByRole('log').getByText('I am in front of the door').waitFor(PATIENT);
      await row('frozen-newcomer').waitFor(PATIENT);
      await expect.poll(() => row('frozen-leaving').count(), PATIENT).toBe(0);
      await expect.poll(() => freshRows('frozen-silent'), PATIENT).toBe(0);
      await heading(app, 'Waiting for a trip');
      await expect.poll(() => isAvailable('frozen-app'), PATIENT).toBe(true);
      await expect.poll(() => connectionsOf('frozen-rider'), PATIENT).toBe(1);
      await expect.poll(() => connectionsOf('frozen-app'), PATIENT).toBe(1);
      await expect.poll(() => connectionsOf('frozen-desk'), PATIENT).toBe(1);
      await heading(rider, 'Your car is here');
      await driver.step(tripId, 'on_trip');
      await heading(rider, 'On your way');
      // A page may send before it learns that its connection has ended: the browser complains, and the sdk sends it again.
      const others = errors.flat().filter((text) => !text.startsWith('WebSocket is already in CLOSING'));
      expect(others).toEqual([]);
    },
    FROZEN_S * 1_000 + 240_000,
  );

  const isAvailable = async (driverId: string) =>
    (await service.driver(driverId).catch(() => null))?.status === 'available';

  async function connectionsOf(...users: string[]): Promise<number> {
    const counts = await Promise.all(
      users.map(async (user) => (await service.presence(user)).connections.length),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }
});

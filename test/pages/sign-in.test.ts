import type { Browser, BrowserContext, BrowserContextOptions, Frame, Page } from 'playwright-core';
import { describe, type TestContext } from 'vitest';
import type { Role } from '#protocol';
import { accessibilityViolations } from '../fixtures/accessibility.js';
import { browserPath, CALM, signIn, withoutMap } from '../fixtures/browser.js';
import { eventually } from '../fixtures/eventually.js';
import { clearDrivers } from '../fixtures/journey.js';
import { type System, startSystem } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 90_000 };
const DESK = { viewport: { width: 1440, height: 900 } };
/** Centre of the demo city. */
const CITY = { lat: 40.758, lng: -73.985 };
/**
 * Lifetime of short tokens. A page renews them after 70 to 80 % of it; the rest must suffice for the renewal on a slow machine.
 */
const SHORT = '20s';

const userOf = (page: Page | Frame) => page.locator('.phone').getAttribute('data-user', PATIENT);
const stepOf = (page: Page | Frame) => page.locator('.phone').getAttribute('data-step', PATIENT);

describe.skipIf(browserPath === '')('sign-in on the pages in a real browser', () => {
  let system: System;
  let browser: Browser;
  test.beforeAll(({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
  });

  type OnFinished = TestContext['onTestFinished'];
  async function contextFor(
    onFinished: OnFinished,
    options: BrowserContextOptions = {},
  ): Promise<BrowserContext> {
    const context = await browser.newContext({ ...CALM, ...options });
    await withoutMap(context);
    onFinished(() => context.close());
    return context;
  }
  const pageFor = async (onFinished: OnFinished): Promise<Page> => (await contextFor(onFinished)).newPage();

  /** Returns the frame of one app on the front page once it shows a user. */
  async function riderFrame(page: Page): Promise<Frame> {
    const inFrame = () => page.frames().find((frame) => /^\w+:\/\/[^/]+\/rider(\?|$)/.test(frame.url()));
    await eventually(() => inFrame() !== undefined, PATIENT.timeout);
    return inFrame()!;
  }

  test('a link with a token or a name neither signs anyone in nor replaces the user of an open tab', async ({
    expect,
    onTestFinished,
  }) => {
    const token = await system.token('rider', 'mallory');
    const links = [`/rider#token=${token}`, `/rider?token=${token}`, '/rider?as=mallory'];
    for (const who of ['visitor', 'signed in']) {
      const page = await pageFor(onTestFinished);
      if (who === 'signed in') await signIn(page, 'rider', await system.token('rider', 'ada'));
      await page.goto(`${system.url}/rider${links[0]!.slice('/rider'.length)}`);
      const user = await userOf(page);
      if (who === 'signed in') expect(user).toBe('ada');
      expect(user).not.toBe('mallory');
      for (const link of links) {
        await page.goto(system.url + link);
        await page.reload();
        expect(await userOf(page)).toBe(user);
      }
      await expect.poll(() => stepOf(page), PATIENT).toBe('choosing');
      expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('mallory');
    }
  }, 180_000);

  test('a window of another origin can neither give a page a token nor get one from the front page', async ({
    expect,
    onTestFinished,
  }) => {
    const context = await contextFor(onTestFinished, DESK);
    // Slow, so that the frames still wait for their tokens while they are offered another one.
    await context.route('**/api/dev/tokens', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue();
    });
    const attacker = await context.newPage();
    await attacker.goto(`${system.gateways[0]!.url}/healthz`);
    const token = await system.token('rider', 'mallory');
    for (const path of ['/rider', '/']) {
      const opened = context.waitForEvent('page');
      await attacker.evaluate(`
        window.received = 0;
        addEventListener('message', () => { received += 1; });
        window.target = open('${system.url}${path}');
        setInterval(() => {
          const windows = [target, ...Array.from({ length: target.length }, (_, n) => target[n])];
          for (const one of windows) {
            one.postMessage({ type: 'hexfleet:token', token: '${token}' }, '*');
            one.postMessage({ type: 'hexfleet:token-request' }, '*');
          }
        }, 10);
      `);
      const page = await opened;
      const rider = path === '/' ? await riderFrame(page) : page;
      expect(await userOf(rider)).toMatch(/^rider-/);
      await expect.poll(() => stepOf(rider), PATIENT).not.toBe('starting');
      expect(await userOf(rider)).toMatch(/^rider-/);
      expect(await attacker.evaluate('received')).toBe(0);
      await page.close();
    }
  }, 240_000);

  test('without a sign-in or the demo, each page says that nobody is signed in', async ({
    expect,
    onTestFinished,
  }) => {
    const closed = await startSystem({
      redisUrl: system.redis.url,
      gateways: 1,
      processors: 0,
      env: { HEXFLEET_DEMO: '0', HEXFLEET_NODE: 'closed' },
    });
    onTestFinished(() => closed.stop());
    for (const path of ['/rider', '/driver', '/dispatch']) {
      const page = await pageFor(onTestFinished);
      await page.goto(closed.url + path);
      await page.getByRole('heading', { name: 'You are not signed in' }).waitFor(PATIENT);
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.close();
    }
    const signedIn = await pageFor(onTestFinished);
    await signIn(signedIn, 'rider', await closed.token('rider', 'ada'));
    await signedIn.goto(`${closed.url}/rider`);
    await expect.poll(() => stepOf(signedIn), PATIENT).toBe('choosing');
  }, 180_000);

  // These mostly wait for tokens to be renewed.
  test.concurrent('a sign-in as a different user in the same tab is not treated as a renewal', async ({
    expect,
    onTestFinished,
  }) => {
    const page = await pageFor(onTestFinished);
    await signIn(page, 'rider', await system.token('rider', 'ada', SHORT));
    await page.goto(`${system.url}/rider`);
    await expect.poll(() => stepOf(page), PATIENT).toBe('choosing');
    const next = await system.token('rider', 'bob');
    await page.evaluate(`sessionStorage.setItem('hexfleet-token-rider', '${next}')`);
    await page.getByText('Your session has ended. Sign in again.').waitFor(PATIENT);
    expect(await userOf(page)).toBe('ada');
  }, 180_000);

  test.concurrent('a renewed token stored in the tab keeps the page connected', async ({
    expect,
    onTestFinished,
  }) => {
    const page = await pageFor(onTestFinished);
    await signIn(page, 'rider', await system.token('rider', 'ada', SHORT));
    const renewals: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (/\["token",/.test(String(payload))) renewals.push(String(payload));
      }),
    );
    await page.goto(`${system.url}/rider`);
    await expect.poll(() => stepOf(page), PATIENT).toBe('choosing');
    const next = await system.token('rider', 'ada');
    await page.evaluate(`sessionStorage.setItem('hexfleet-token-rider', '${next}')`);
    await expect.poll(() => renewals.filter((sent) => sent.includes(next)).length, PATIENT).toBe(1);
  }, 180_000);

  test.concurrent('the frames of the front page stay signed in when their tokens are renewed', async ({
    expect,
    onTestFinished,
  }) => {
    await clearDrivers(system, CITY);
    const context = await contextFor(onTestFinished, DESK);
    await withShortTokens(context);
    const page = await context.newPage();
    const renewals = new Map<string, number>();
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const namespace = /\/(\w+),\d*\["token",/.exec(String(payload))?.[1];
        if (namespace !== undefined) renewals.set(namespace, (renewals.get(namespace) ?? 0) + 1);
      }),
    );
    let refusals = 0;
    page.on('response', (response) => {
      if (response.status() === 401) refusals += 1;
    });
    await page.goto(system.url);
    const rider = await riderFrame(page);
    const user = await userOf(rider);
    // The second renewal comes after the first token has expired.
    for (const namespace of ['rider', 'driver', 'dispatch'])
      await expect.poll(() => renewals.get(namespace) ?? 0, PATIENT).toBeGreaterThan(1);
    const driver = page.frameLocator('iframe[title="Driver app"]');
    const board = page.frameLocator('iframe[title="Dispatch board"]');
    await board.locator('.board[data-connection=online]').waitFor(PATIENT);
    await driver.locator('[data-stale=false]').first().waitFor(PATIENT);
    await rider.locator('.phone[data-stale=false]').waitFor(PATIENT);
    expect(await userOf(rider)).toBe(user);
    expect(refusals).toBe(0);

    // The trip that the front page plays is this rider's and this driver's.
    await page
      .locator('.story')
      .and(page.locator('[data-state=arriving], [data-state=arrived], [data-state=on_trip]'))
      .waitFor(PATIENT);
    const trip = () => rider.locator('.phone').getAttribute('data-trip');
    await expect.poll(trip, PATIENT).not.toBeNull();

    // In a separate window: the same rider, with no trace of it in the address.
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Open Rider app in a new tab' }).click();
    const alone = await opened;
    expect(await userOf(alone)).toBe(user);
    expect(alone.url()).not.toContain(user!);
  }, 300_000);

  /** Makes the demo issue tokens that last only a few seconds. */
  async function withShortTokens(context: BrowserContext): Promise<void> {
    await context.route('**/api/dev/tokens', async (route) => {
      const { role, sub } = route.request().postDataJSON() as { role: Role; sub: string };
      await route.fulfill({ json: { token: await system.token(role, sub, SHORT) } });
    });
  }
});

import { createHash } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect } from 'vitest';
import { Api } from '#sdk';
import { browserPath, CALM, signIn } from '../fixtures/browser.js';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { collectedNotifications, collectNotifications, deliverPush } from '../fixtures/push-messages.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const PAGES = ['rider', 'driver', 'dispatch'] as const;
const nextPlace = placesFrom(-33, 74);

describe.skipIf(browserPath === '')('an installed page', () => {
  let system: System;
  let browser: Browser;
  let apps: Apps;
  test.beforeAll(({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
    apps = new Apps(system);
  });
  afterEach(async () => {
    apps.closeAll();
    for (const context of browser.contexts()) await context.close();
  });

  /** Opens a page with its service worker, and waits until that has kept the files. */
  async function installed(role: 'rider' | 'driver', userId: string, origin = system.url) {
    const context = await browser.newContext({ ...CALM, serviceWorkers: 'allow' });
    const page = await context.newPage();
    await signIn(page, role, await system.token(role, userId));
    await page.goto(`${origin}/${role}`);
    await page.locator(`.phone[data-user=${userId}]`).waitFor(PATIENT);
    await ready(page);
    return { context, page };
  }
  const ready = (page: Page) => page.evaluate<void>('navigator.serviceWorker.ready.then(() => undefined)');
  const cachedPaths = (page: Page) =>
    page.evaluate<string[]>(`(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = await Promise.all(caches_.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    })()`);

  test.each(PAGES)('has a manifest, icons and a worker that browsers check each time (%s)', async (name) => {
    const get = (path: string) => fetch(`${system.url}${path}`);
    const html = await (await get(`/${name}`)).text();
    expect(html).toContain(`<link rel="manifest" href="/${name}.webmanifest">`);
    const manifest = await get(`/${name}.webmanifest`);
    expect(manifest.headers.get('content-type')).toContain('application/manifest+json');
    const { icons } = (await manifest.json()) as { icons: Array<{ src: string; type: string }> };
    for (const { src, type } of icons) {
      const icon = await get(src);
      expect([icon.status, icon.headers.get('content-type')]).toEqual([200, type]);
    }
    const worker = await get(`/${name}-worker.js`);
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    expect(worker.headers.get('content-type')).toContain('javascript');
    expect(worker.headers.get('content-security-policy')).toContain("worker-src 'self'");
  });

  test('shows the last trip, marked as such, when it is reloaded without a connection', async () => {
    const place = nextPlace();
    await apps.driverAt('ip-driver', place);
    const service = new Api({ url: system.url, token: await system.token('service', 'ip') });
    await service.putDriverProfile('ip-driver', {
      name: 'Rosa',
      photoUrl: null,
      vehicle: {
        make: 'Toyota',
        model: 'Corolla',
        colour: 'white',
        plate: 'IP 1',
        class: 'standard',
        seats: 4,
      },
    });
    const trip = await service.createTrip({
      riderId: 'ip-rider',
      driverId: 'ip-driver',
      pickup: place,
      dropoff: north(place, 2_000),
    });
    const { context, page } = await installed('rider', 'ip-rider');
    await page.locator('.phone[data-step=approach]').waitFor(PATIENT);
    expect((await cachedPaths(page)).filter((path) => /^\/(api|socket\.io)/.test(path))).toEqual([]);
    await context.setOffline(true);
    await page.reload();
    const last = page.locator(`.last-trip[data-last="${trip.id}"]`);
    await last.waitFor(PATIENT);
    expect(await last.innerText()).toMatch(/Last known at \d+:\d+/);
    expect(await last.innerText()).toContain('On the way to the pick-up');
    expect(await last.innerText()).toContain('IP 1');
    await context.setOffline(false);
    await page.locator('.phone[data-step=approach]').waitFor(PATIENT);
    expect(await last.count()).toBe(0);
  }, 120_000);

  test('does not show the trip of another user without a connection', async () => {
    const { context, page } = await installed('driver', 'ip-lonely');
    await page.evaluate(
      `localStorage.setItem('hexfleet-last-trip-driver', JSON.stringify({ userId: 'ip-other', trip: {}, at: Date.now() }))`,
    );
    await page.evaluate(`sessionStorage.setItem('hexfleet-driver-online-ip-lonely', '1')`);
    await context.setOffline(true);
    await page.reload();
    await page.locator('.last-trip[data-last=none]').waitFor(PATIENT);
  }, 90_000);

  describe('with notifications', () => {
    test('shows a push while the page is closed, and none while the user looks at it', async () => {
      const { context, page } = await installed('rider', 'ip-pushed');
      const [worker] = context.serviceWorkers();
      await collectNotifications(worker!);
      const other = await context.newPage();
      await other.goto(`${system.url}/healthz`);
      const message = { id: 'm1', kind: 'message', at: Date.now(), tripId: 't1' };
      await page.bringToFront();
      await deliverPush(context, other, { ...message, id: 'm0', text: 'Seen in the page' });
      await page.close();
      await deliverPush(context, other, message);
      await deliverPush(context, other, { ...message, id: 'm2', text: 'Two minutes' });
      await expect
        .poll(() => collectedNotifications(worker!), PATIENT)
        .toEqual([
          {
            title: 'Message from your driver',
            body: 'Open the app to read it.',
            lang: 'en',
            tag: 'message t1',
          },
          { title: 'Message from your driver', body: 'Two minutes', lang: 'en', tag: 'message t1' },
        ]);
    }, 90_000);

    test('each kind can be turned off, and a browser without a push service says so', async () => {
      const { page } = await installed('rider', 'ip-settings');
      const api = new Api({ url: system.url, token: await system.token('rider', 'ip-settings') });
      await page.getByRole('button', { name: 'Notifications' }).click();
      const dialog = page.getByRole('dialog', { name: 'Notifications' });
      await dialog.getByRole('checkbox', { name: 'Messages', exact: true }).uncheck();
      await expect
        .poll(async () => (await api.push()).settings)
        .toEqual({ off: ['message'], previews: false });
      await dialog.getByRole('checkbox', { name: 'Show the text of messages' }).check();
      await expect
        .poll(async () => (await api.push()).settings)
        .toEqual({ off: ['message'], previews: true });
      await dialog.getByRole('button', { name: 'Close' }).click();
      expect(await dialog.count()).toBe(0);
    }, 90_000);
  });

  describe('of a new version', () => {
    let proxy: Server;
    let origin: string;
    /** changes the page, and whether its worker knows of that */
    let next: { page: boolean; worker: boolean };
    beforeAll(async () => {
      next = { page: false, worker: false };
      proxy = createServer((incoming, response) => {
        const { pathname } = new URL(incoming.url!, 'http://x');
        const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
        const onward = request(
          `${system.url}${incoming.url}`,
          { method: incoming.method, headers },
          async (answer) => {
            const chunks: Buffer[] = [];
            for await (const chunk of answer) chunks.push(chunk as Buffer);
            let body = Buffer.concat(chunks);
            const changed = async () => Buffer.from(`${await page()}<!-- next -->`);
            if (pathname === '/rider' && next.page) body = await changed();
            if (pathname === '/rider-worker.js' && next.worker)
              body = Buffer.from(
                body
                  .toString()
                  .replace(/html:`\w+`/, `html:\`${sha256(await changed())}\``)
                  .replace(/version:`\w+`/, 'version:`next`'),
              );
            const { 'content-length': _, etag: __, ...rest } = answer.headers;
            response.writeHead(answer.statusCode!, rest).end(body);
          },
        );
        onward.on('error', () => response.destroy());
        incoming.pipe(onward);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      return () => proxy.close();
    });
    const page = async () => (await fetch(`${system.url}/rider`)).text();
    const sha256 = (text: Buffer) => createHash('sha256').update(text).digest('hex');
    const versions = (page: Page) =>
      page.evaluate<string[]>(
        `caches.keys().then((names) => names.map((name) => name.replace('shell-rider-', '')))`,
      );
    const update = (page: Page) =>
      page.evaluate<void>(
        `navigator.serviceWorker.getRegistration('/rider').then((registration) => registration.update()).then(() => undefined, () => undefined)`,
      );

    test('opens with the next load, and files of two versions are never mixed', async () => {
      const { page: open } = await installed('rider', 'ip-update', origin);
      await expect.poll(() => versions(open), PATIENT).toHaveLength(1);
      await open.reload();
      await expect
        .poll(() => open.evaluate('navigator.serviceWorker.controller !== null'), PATIENT)
        .toBe(true);
      const [first] = await versions(open);
      // A worker that finds a page of another version, as during a rolling upgrade, is not installed.
      next = { page: false, worker: true };
      await update(open);
      await expect
        .poll(
          () =>
            open.evaluate<boolean>(
              `navigator.serviceWorker.getRegistration('/rider').then((r) => r.installing === null)`,
            ),
          PATIENT,
        )
        .toBe(true);
      expect(
        await open.evaluate(
          `caches.match('/rider').then((page) => page.text()).then((text) => text.includes('next'))`,
        ),
      ).toBe(false);

      next = { page: true, worker: true };
      // Listens for a new version from ten seconds after its load. A cache with the page is complete.
      const kept = async () => {
        await update(open);
        return open.evaluate<string>(
          `caches.open('shell-rider-next').then((cache) => cache.match('/rider')).then((page) => page?.text() ?? '')`,
        );
      };
      await expect.poll(kept, PATIENT).toContain('<!-- next -->');
      expect(await versions(open)).toContain(first);
      await open.reload();
      expect(await open.evaluate('document.lastChild.nodeValue')).toBe(' next ');
    }, 120_000);
  });
});

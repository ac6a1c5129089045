import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import type { Browser, Page } from 'playwright-core';
import { afterEach, describe, expect } from 'vitest';
import type { MapSettings } from '#protocol';
import { Api } from '#sdk';
import { securityHeaders } from '../../apps/gateway/src/http/security-headers.js';
import { browserPath, CALM } from '../fixtures/browser.js';
import { freePort } from '../fixtures/ports.js';
import type { System } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const CREDIT = 'Streets by a server of this test';

/** Returns the header that restricts what the pages of a gateway with these settings may load. */
function policyFor({ mapboxToken, styles }: MapSettings): Record<string, string> {
  const mapStyle = styles === null ? 'offline' : [styles.light, styles.dark].join();
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => {},
  } as unknown as Response;
  const config = { mapStyle, mapboxToken: mapboxToken ?? undefined, mapHosts: [] };
  securityHeaders(config)({} as Request, response, () => {});
  return { 'content-security-policy': headers['content-security-policy']! };
}

/** A single-colour style, and the requests to its server. */
async function styleServer(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', 'application/json');
    const land = { type: 'geojson', attribution: CREDIT, data: { type: 'FeatureCollection', features: [] } };
    response.end(
      JSON.stringify({
        version: 8,
        sources: { land },
        layers: [
          { id: 'ground', type: 'background', paint: { 'background-color': '#336699' } },
          { id: 'land', type: 'fill', source: 'land' },
        ],
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(browserPath === '')('the map of the pages, in a real browser', () => {
  let system: System;
  let browser: Browser;
  test.beforeAll(({ system: sharedSystem, browser: sharedBrowser }) => {
    system = sharedSystem;
    browser = sharedBrowser;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  /** Opens a share page, which has a map, with these settings in place of the installation's. */
  async function opened(settings: MapSettings, prepare: (page: Page) => Promise<unknown> = async () => {}) {
    const page = await browser.newPage({
      ...CALM,
      viewport: { width: 1000, height: 700 },
      // For a page that the test itself answers, Chromium asks before it loads a style from a server on this machine.
      permissions: ['local-network-access'],
    });
    const libraries: string[] = [];
    page.on('request', (request) => {
      const library = /\/assets\/(maplibre|mapbox)[^/]*\.js/.exec(request.url());
      if (library !== null) libraries.push(library[1]!);
    });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.route('**/api/map', (route) => route.fulfill({ json: settings }));
    // The policy that a gateway with these settings sends: the page must work with it.
    await page.route('**/share/*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), ...policyFor(settings) } });
    });
    await prepare(page);
    const service = new Api({ url: system.url, token: await system.token('service', 's') });
    const trip = await service.createTrip({
      riderId: `rider-${Math.random().toString(36).slice(2)}`,
      pickup: { lat: 40.75, lng: -73.98 },
      dropoff: { lat: 40.76, lng: -73.97 },
    });
    const link = await service.shareTrip(trip.id);
    await page.goto(system.url + link.url);
    return { page, libraries, problems };
  }

  const text = (page: Page) => page.locator('body').innerText();

  test('shows the demo city by default', async () => {
    const settings: MapSettings = { mapboxToken: null, styles: null };
    const { page, libraries, problems } = await opened(settings);
    await page.locator('.map[data-drawn="true"]').waitFor(PATIENT);
    await expect.poll(() => text(page), PATIENT).toMatch(/Demo city.*shown with MapLibre/s);
    expect(libraries).toEqual(['maplibre']);
    expect(problems).toEqual([]);
  });

  test('uses a configured external style, with its attribution', async () => {
    const server = await styleServer();
    const style = `http://127.0.0.1:${(server.address() as AddressInfo).port}/style`;
    try {
      const { page, libraries, problems } = await opened({
        mapboxToken: null,
        styles: { light: style, dark: style },
      });
      await expect.poll(() => text(page), PATIENT).toContain(CREDIT);
      expect(await text(page)).not.toContain('Demo city');
      expect(libraries).toEqual(['maplibre']);
      expect(problems).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('falls back to the demo city when a style or its tiles cannot be reached', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const { page } = await opened({ mapboxToken: null, styles: { light: nowhere, dark: nowhere } });
    await expect.poll(() => text(page), PATIENT).toContain('Demo city');

    const hollow = {
      version: 8,
      sources: { all: { type: 'vector', tiles: [`${nowhere}/{z}/{x}/{y}`] } },
      layers: [{ id: 'roads', type: 'line', source: 'all', 'source-layer': 'roads' }],
    };
    const other = await opened(
      { mapboxToken: null, styles: { light: `${nowhere}/style`, dark: `${nowhere}/style` } },
      (page) => page.route(`${nowhere}/style`, (route) => route.fulfill({ json: hollow })),
    );
    await expect.poll(() => text(other.page), PATIENT).toContain('Demo city');
    expect(other.problems).toEqual([]);
  });

  test('uses Mapbox with a Mapbox token, and does not load the other library', async () => {
    const requested: string[] = [];
    const { libraries } = await opened({ mapboxToken: 'pk.test', styles: null }, (page) =>
      page.route(/mapbox\.com/, (route) => {
        requested.push(route.request().url());
        return route.fulfill({ json: { version: 8, sources: {}, layers: [] } });
      }),
    );
    await expect.poll(() => requested.find((url) => url.includes('light-v11')), PATIENT).toContain('pk.test');
    expect(new Set(libraries)).toEqual(new Set(['mapbox']));
  });

  test('is configured by the installation, whose pages are compressed and cached', async () => {
    const answer = await fetch(`${system.url}/api/map`);
    expect(await answer.json()).toEqual({ mapboxToken: null, styles: null });

    const html = await fetch(`${system.url}/dispatch`);
    expect(html.headers.get('cache-control')).toBe('no-cache');
    const policy = html.headers.get('content-security-policy')!;
    expect(policy).toMatch(/default-src 'none';script-src 'self';/);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).not.toMatch(/unsafe-eval|\*/);
    expect(html.headers.get('x-content-type-options')).toBe('nosniff');
    const script = /\/assets\/[\w-]+\.js/.exec(await html.text())![0];
    const asset = await fetch(system.url + script, { headers: { 'accept-encoding': 'gzip' } });
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });

  test('waits for its size in a hidden frame, and then shows the same area as elsewhere', async () => {
    const page = await browser.newPage({ ...CALM, viewport: { width: 1000, height: 700 } });
    const zooms: number[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const zoom = /"fleet:watch",.*"zoom":(\d+)/.exec(String(payload));
        if (zoom !== null) zooms.push(Number(zoom[1]));
      }),
    );
    await page.goto(`${system.url}/healthz`);
    await page.evaluate(
      `document.body.innerHTML = '<iframe src="/dispatch" width="1000" height="700" style="display:none">'`,
    );
    await expect.poll(() => page.frames().length, PATIENT).toBe(2);
    const frame = page.frames()[1]!;
    await frame.locator('.map').waitFor({ ...PATIENT, state: 'attached' });
    // As long as a map waits for its first paint.
    const paint = 'new Promise((done) => requestAnimationFrame(() => setTimeout(done)))';
    for (let n = 0; n < 3; n += 1) await frame.evaluate(paint);
    await page.evaluate(`document.querySelector('iframe').style.display = ''`);
    await frame.locator('.map[data-drawn="true"]').waitFor(PATIENT);
    await expect.poll(() => zooms.at(-1), PATIENT).toBeGreaterThanOrEqual(12);
  });
});

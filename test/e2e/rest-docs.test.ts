import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CODES } from '#protocol';
import { REST } from '#protocol/docs';
import { browserPath, launchBrowser, pageErrorsOf } from '../fixtures/browser.js';
import { type System, startSystem } from '../fixtures/system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem({ gateways: 1 });
});
afterAll(() => system?.stop());

describe('a REST error is a problem document', () => {
  const place = { lat: 40.7, lng: -74 };
  const trip = { riderId: 'r', pickup: place, dropoff: place };
  const json = { 'content-type': 'application/json' };
  const tries: Array<[string, string, RequestInit, string]> = [
    ['without a token', '/api/trips', {}, 'NO_TOKEN'],
    ['at an unknown route', '/api/elsewhere?x=1', {}, 'NOT_FOUND'],
    ['at an unknown method', '/api/trips', { method: 'DELETE' }, 'METHOD_NOT_ALLOWED'],
    ['for truncated JSON', '/api/trips', { method: 'POST', headers: json, body: '{"a":' }, 'BAD_REQUEST'],
    [
      'for a body over the size limit',
      '/api/trips',
      { method: 'POST', headers: json, body: JSON.stringify({ ...trip, note: 'x'.repeat(100_000) }) },
      'TOO_LARGE',
    ],
    ['for text', '/api/trips', { method: 'POST', body: JSON.stringify(trip) }, 'NOT_JSON'],
    [
      'for a form body',
      '/api/dev/tokens',
      { method: 'POST', body: new URLSearchParams({ role: 'rider', sub: 'r' }) },
      'NOT_JSON',
    ],
    [
      'for JSON in another character set',
      '/api/trips',
      { method: 'POST', headers: { 'content-type': 'application/json; charset=latin1' }, body: '{}' },
      'NOT_JSON',
    ],
    ['for a link that does not exist', '/api/share/nothing', {}, 'NO_SUCH_LINK'],
    ['for an address that is not UTF-8', '/api/share/%E0%A4', {}, 'BAD_REQUEST'],
  ];
  test.each(tries)('%s', async (_, path, init, code) => {
    const response = await fetch(`${system.url}${path}`, init);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const { status, message: title } = CODES[code as keyof typeof CODES];
    expect(response.status).toBe(status);
    const body = (await response.json()) as { message: string };
    expect(body).toEqual({
      type: `/api/docs#${code}`,
      title,
      status,
      detail: body.message,
      instance: path.split('?')[0],
      code,
      message: expect.stringContaining(title),
      retry: false,
    });
  });

  test('has Retry-After when the same request may succeed soon', async () => {
    const headers = { authorization: `Bearer ${await system.token('rider', 'often')}` };
    const responses = await Promise.all(
      Array.from({ length: 200 }, () => fetch(`${system.gateways[0]!.url}/api/trips`, { headers })),
    );
    const refused = responses.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(await refused!.json()).toMatchObject({ code: 'RATE_LIMITED', status: 429, retry: true });
  });

  test('is not returned for a missing content type when there is no body', async () => {
    const headers = { authorization: `Bearer ${await system.token('service', 's')}` };
    const response = await fetch(`${system.url}/api/drivers/nobody/offline`, { method: 'POST', headers });
    expect(response.status).toBe(200);
  });
});

test('the OpenAPI document is served to anyone', async () => {
  const response = await fetch(`${system.url}/api/openapi.json`);
  expect(response.status).toBe(200);
  const { openapi, paths } = (await response.json()) as { openapi: string; paths: Record<string, object> };
  expect(openapi).toMatch(/^3\.1\./);
  expect(Object.values(paths).flatMap((path) => Object.keys(path))).toHaveLength(Object.keys(REST).length);
});

describe.skipIf(browserPath === '')('the documentation page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  test.each(['light', 'dark'] as const)(
    'fits a phone, loads nothing from other servers and shows an error code (%s)',
    async (colorScheme) => {
      const context = await browser.newContext({ viewport: { width: 375, height: 667 }, colorScheme });
      const page = await context.newPage();
      const pageErrors = pageErrorsOf(page, system.url);
      await page.goto(`${system.url}/api/docs#NOT_YOUR_TRIP`);
      expect(await page.locator('.code:target').innerText()).toContain(CODES.NOT_YOUR_TRIP.message);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
      const summaries = page.locator('summary');
      expect(await summaries.count()).toBe(Object.keys(REST).length);
      await summaries.filter({ hasText: 'Requests a trip' }).click();
      expect(await page.locator('details[open]').innerText()).toContain('Idempotency-Key');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
      expect(await page.locator('a[href="asyncapi.json"]').count()).toBe(1);
      expect(pageErrors).toEqual([]);
      await context.close();
    },
  );
});

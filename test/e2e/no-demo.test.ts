import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, launchBrowser } from '../fixtures/browser.js';
import { type System, startSystem } from '../fixtures/system.js';

const PATIENT = { timeout: 60_000 };
const PAGES = ['', 'rider', 'driver', 'dispatch'];

let system: System;
let browser: Browser;
const open = async (address: string): Promise<Page> => {
  const page = await browser.newPage();
  await page.goto(address);
  return page;
};

describe.skipIf(browserPath === '')('a page without a demo token says what is missing', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await system.stop();
  });
  afterAll(() => browser.close());

  test('when the demo is off, and works with a token in its address', async () => {
    system = await startSystem({ env: { HEXFLEET_DEMO: '0' } });
    for (const path of PAGES) {
      const page = await open(`${system.url}/${path}`);
      await page.getByText('This page needs a token').waitFor(PATIENT);
    }
    const token = await system.token('dispatcher', 'desk');
    const page = await open(`${system.url}/dispatch#token=${token}`);
    await page.locator('.board[data-connection=online]').waitFor(PATIENT);
    expect(await page.getByText('This page needs a token').count()).toBe(0);
  }, 150_000);

  test('when it was opened at a host that is not allowed for the demo', async () => {
    system = await startSystem();
    const other = await open(system.url.replace('localhost', 'rebound.localhost'));
    await other.getByText('The demo isn’t available at this address').waitFor(PATIENT);
    for (const path of PAGES.slice(1)) {
      const page = await open(`${system.url.replace('localhost', 'rebound.localhost')}/${path}`);
      await page.getByText('The demo isn’t available at this address').waitFor(PATIENT);
    }
  }, 150_000);
});

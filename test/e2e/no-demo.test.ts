import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
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

describe.skipIf(browserPath === '')('a page that gets no demo token says that nobody is signed in', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await system.stop();
  });
  afterAll(() => browser.close());

  test('when opened at a host name that the demo does not serve', async () => {
    system = await startSystem();
    for (const path of PAGES) {
      const page = await open(`${system.url.replace('localhost', 'rebound.localhost')}/${path}`);
      await page
        .getByText(path === '' ? 'This page needs the demo' : 'You are not signed in')
        .waitFor(PATIENT);
    }
  }, 150_000);
});

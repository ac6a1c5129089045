import type { Browser } from 'playwright-core';
import { afterEach, describe } from 'vitest';
import { browserPath } from '../fixtures/browser.js';
import { test } from '../fixtures/test.js';

const PATIENT = { timeout: 60_000 };
const PAGES = ['', 'rider', 'driver', 'dispatch'];

describe.skipIf(browserPath === '')('a page that gets no demo token says that nobody is signed in', () => {
  let browser: Browser;
  test.beforeAll(({ browser: shared }) => {
    browser = shared;
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  test('when opened at a host name that the demo does not serve', async ({ system }) => {
    for (const path of PAGES) {
      const page = await browser.newPage();
      await page.goto(`${system.url.replace('localhost', 'rebound.localhost')}/${path}`);
      await page
        .getByText(path === '' ? 'This page needs the demo' : 'You are not signed in')
        .waitFor(PATIENT);
    }
  }, 150_000);
});

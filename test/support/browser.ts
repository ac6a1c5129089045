import { type Browser, chromium, type Page } from 'playwright-core';

/** Where there is none, it is '' and the tests of the pages are skipped. */
export const browserPath = process.env.HEXFLEET_TEST_CHROMIUM ?? '/usr/bin/chromium';

const ARGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath, args: ARGS });

/** For a page whose map need not follow and glide: without a GPU each frame of that keeps a core busy. */
export const CALM = { reducedMotion: 'reduce' } as const;

/** What goes wrong on a page from now on, and every address elsewhere that it asks for. */
export function troublesOf(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`${message.text()} ${message.location().url}`);
  });
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin))
      troubles.push(request.url());
  });
  return troubles;
}

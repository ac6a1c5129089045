import type { Page } from 'playwright-core';
import { build, defaultClientConditions, type Rolldown } from 'vite';

/** The sdk in files as a page gets them, by their names; `sdk.js` is the one to import. */
export async function sdkFiles(): Promise<Map<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['hexfleet-source', ...defaultClientConditions] },
    build: { write: false, lib: { entry: 'libs/sdk/src/index.ts', formats: ['es'], fileName: 'sdk' } },
  });
  const [{ output }] = built as [Rolldown.RolldownOutput];
  return new Map(output.map((part) => [part.fileName, 'code' in part ? part.code : '']));
}

/**
 * Opens a page of an origin that has the sdk as `window.sdk`.
 * @returns the files that it has asked for until now
 */
export async function openSdkPage(page: Page, origin: string): Promise<string[]> {
  const files = await sdkFiles();
  const asked: string[] = [];
  await page.route(`${origin}/sdk/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice('/sdk/'.length);
    asked.push(name);
    await route.fulfill({ contentType: 'text/javascript', body: files.get(name)! });
  });
  // Of the origin itself: from a page that came from nowhere, Chromium lets no WebSocket go to this machine.
  await page.goto(`${origin}/healthz`);
  const content = `import * as sdk from '${origin}/sdk/sdk.js'; window.sdk = sdk;`;
  await page.addScriptTag({ type: 'module', content });
  await page.waitForFunction('window.sdk');
  return asked;
}

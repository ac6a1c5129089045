import { existsSync } from 'node:fs';
import { print } from '#scripts/console';
import { onPath, run } from '#scripts/processes';
import { aptInstall } from './packages.js';

/** The one without windows first: pages open several times faster in it. */
const HEADLESS = 'chromium-headless-shell';
const NAMES = [HEADLESS, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_APP = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Returns the path of a working Chromium; without one, prints why, and returns '': page tests are then skipped. */
export async function findChromium(): Promise<string> {
  const found =
    (await installed()) ?? ((await aptInstall([HEADLESS, 'chromium'])) ? await installed() : undefined);
  if (found === undefined)
    print('No Chromium or Chrome was found or could be installed: page tests will be skipped.');
  return found ?? '';
}

async function installed(): Promise<string | undefined> {
  // Runs `--version`, because Ubuntu's chromium-browser may be a stub that only points to the snap.
  for (const path of [...(await Promise.all(NAMES.map(onPath))), MAC_APP])
    if (path && existsSync(path) && /\d+\.\d+/.test((await run(path, ['--version'])).output)) return path;
  return undefined;
}

import { existsSync } from 'node:fs';
import { print } from './console.mjs';
import { aptInstall } from './packages.mjs';
import { onPath, run } from './processes.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_APP = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Returns the path of a working Chromium; without one, prints why, and returns '': page tests are then skipped. */
export async function findChromium() {
  const found = (await installed()) ?? ((await aptInstall(['chromium'])) ? await installed() : undefined);
  if (!found) print('No Chromium or Chrome was found or could be installed: page tests will be skipped.');
  return found ?? '';
}

// Runs `--version`, because Ubuntu's chromium-browser may be a stub that only points to the snap.
async function installed() {
  for (const path of [...(await Promise.all(NAMES.map(onPath))), MAC_APP])
    if (path && existsSync(path) && /\d+\.\d+/.test((await run(path, ['--version'])).output)) return path;
}

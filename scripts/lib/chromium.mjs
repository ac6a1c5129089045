import { existsSync } from 'node:fs';
import { print } from './console.mjs';
import { aptInstall } from './packages.mjs';
import { run } from './processes.mjs';
import { onPath } from './root.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_APP = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * Returns the path of a working Chromium, or prints why there is none and returns null; page tests are then skipped.
 */
export async function findChromium() {
  const found =
    (await findInstalled()) ?? ((await aptInstall(['chromium'])) ? await findInstalled() : undefined);
  if (found) return found;
  print('No Chromium or Chrome was found or could be installed: page tests will be skipped.');
  return null;
}

// Runs `--version`, because Ubuntu's chromium-browser may be a stub that only points to the snap.
async function findInstalled() {
  for (const path of [...NAMES.map((name) => onPath(name)), MAC_APP]) {
    if (!path || !existsSync(path)) continue;
    const { code, output } = await run(path, ['--version']);
    if (code === 0 && /\d+\.\d+/.test(output)) return path;
  }
}

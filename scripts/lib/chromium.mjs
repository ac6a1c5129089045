import { existsSync } from 'node:fs';
import { say } from './console.mjs';
import { run } from './groups.mjs';
import { aptInstall } from './packages.mjs';
import { onPath } from './root.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_APP = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The path of a Chromium that runs; null, after saying why, when there is none: the tests of the pages are skipped. */
export async function findChromium() {
  const found = (await present()) ?? ((await aptInstall(['chromium'])) ? await present() : undefined);
  if (found) return found;
  say('No Chromium or Chrome was found or could be installed: the tests of the pages will be skipped.');
  return null;
}

// Asked for its version, because Ubuntu's chromium-browser may be a note about the snap that one should get instead.
async function present() {
  for (const path of [...NAMES.map((name) => onPath(name)), MAC_APP]) {
    if (!path || !existsSync(path)) continue;
    const { code, output } = await run(path, ['--version']);
    if (code === 0 && /\d+\.\d+/.test(output)) return path;
  }
}

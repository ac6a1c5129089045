// node scripts/run.mjs <file under dist> [args]: runs one app or benchmark, after installing and building if needed.
import './lib/node-version.mjs';
import { existsSync } from 'node:fs';
import { buildIfNeeded } from './build.mjs';
import { Failure, printError } from './lib/console.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { exitCodeOf, runScript, signalGroup, spawnGroup } from './lib/processes.mjs';
import { inRoot } from './lib/root.mjs';

const [file, ...args] = process.argv.slice(2);
let child;
let ended;

await runScript(
  async () => {
    if (!file) throw new Failure('Usage: node scripts/run.mjs <file under dist> [args]');
    // The output of the app may be piped, so the launcher prints to stderr.
    await installIfNeeded(printError);
    await buildIfNeeded(printError);
    if (!existsSync(inRoot('dist', file))) throw new Failure(`There is no ${inRoot('dist', file)}.`);
    const env = { ...process.env };
    // Programs below `test` start a Redis, and some also a browser.
    const { findChromium, findRedis } = await import('#launcher/programs');
    if (file.startsWith('test/')) env.HEXFLEET_TEST_REDIS = await findRedis();
    if (file.includes('/screenshots/') || args[0] === 'board')
      env.HEXFLEET_TEST_CHROMIUM = await findChromium();
    child = spawnGroup(process.execPath, [inRoot('dist', file), ...args], { stdio: 'inherit', env });
    ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)));
    });
    process.exitCode = await ended;
  },
  // The child leads its own group, so each signal reaches it once, through this process. It decides how to exit.
  (signal) => {
    if (child) signalGroup(child.pid, signal);
    return ended;
  },
);

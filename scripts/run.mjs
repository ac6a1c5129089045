// node scripts/run.mjs <file under dist> [args]: runs one app or benchmark, after installing and building if needed.
import './lib/node-version.mjs';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { findChromium } from './lib/chromium.mjs';
import { printError, report } from './lib/console.mjs';
import { Cancelled, exitCodeOf, signalGroup, spawnGroup, stopOnSignals } from './lib/groups.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { inRoot } from './lib/root.mjs';
import { redisForTests } from './lib/test-redis.mjs';

const [file, ...args] = process.argv.slice(2);
let child;
let ended;

// The child leads its own group, so each signal reaches it once, through this process. The child decides how to exit.
stopOnSignals((signal) => {
  if (child) signalGroup(child.pid, signal);
  return ended;
});

/** Returns the environment for programs below `test`, which start a Redis and some also a browser. */
async function testEnvironment() {
  const temp = mkdtempSync(join(tmpdir(), 'hexfleet-run-'));
  process.on('exit', () => rmSync(temp, { recursive: true, force: true }));
  const needsBrowser = file.includes('/screenshots/') || args[0] === 'board';
  return {
    HEXFLEET_TEST_REDIS: await redisForTests(temp),
    ...(needsBrowser && { HEXFLEET_TEST_CHROMIUM: (await findChromium()) ?? '' }),
  };
}

try {
  if (!file) throw new Error('Usage: node scripts/run.mjs <file under dist> [args]');
  // The output of the app may be piped, so the launcher prints to stderr.
  await installIfNeeded({ log: printError });
  await buildIfNeeded({ log: printError });
  if (!existsSync(inRoot('dist', file))) throw new Error(`There is no ${inRoot('dist', file)}.`);
  const env = { ...process.env, ...(file.startsWith('test/') && (await testEnvironment())) };
  child = spawnGroup(process.execPath, [inRoot('dist', file), ...args], { stdio: 'inherit', env });
  ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)));
  });
  process.exitCode = await ended;
} catch (error) {
  if (!(error instanceof Cancelled)) {
    if (error.constructor === Error) printError(error.message);
    else report(error);
    process.exitCode = 1;
  }
}

// node scripts/run.mjs <file under dist> [args]: one app or benchmark, installed and built first when needed.
import './lib/node-version.mjs';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { findChromium } from './lib/chromium.mjs';
import { complain, report } from './lib/console.mjs';
import { Cancelled, exitCodeOf, signalGroup, spawnGroup, stopOnSignals } from './lib/groups.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { inRoot } from './lib/root.mjs';
import { redisForTests } from './lib/test-redis.mjs';

const [file, ...args] = process.argv.slice(2);
let child;
let ended;

// The child leads its own group, so each signal reaches it once, through us. It decides how it ends.
stopOnSignals((signal) => {
  if (child) signalGroup(child.pid, signal);
  return ended;
});

/** Returns the environment of programs below `test`: they start a Redis of their own, and some a browser. */
async function partsForTests() {
  const temp = mkdtempSync(join(tmpdir(), 'hexfleet-run-'));
  process.on('exit', () => rmSync(temp, { recursive: true, force: true }));
  const looksAtPages = file.includes('/screenshots/') || args[0] === 'board';
  return {
    HEXFLEET_TEST_REDIS: await redisForTests(temp),
    ...(looksAtPages && { HEXFLEET_TEST_CHROMIUM: (await findChromium()) ?? '' }),
  };
}

try {
  if (!file) throw new Error('Usage: node scripts/run.mjs <file under dist> [args]');
  // What the app prints may be piped into something: our own lines go to stderr.
  await installIfNeeded({ log: complain });
  await buildIfNeeded({ log: complain });
  if (!existsSync(inRoot('dist', file))) throw new Error(`There is no ${inRoot('dist', file)}.`);
  const env = { ...process.env, ...(file.startsWith('test/') && (await partsForTests())) };
  child = spawnGroup(process.execPath, [inRoot('dist', file), ...args], { stdio: 'inherit', env });
  ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)));
  });
  process.exitCode = await ended;
} catch (error) {
  if (!(error instanceof Cancelled)) {
    if (error.constructor === Error) complain(error.message);
    else report(error);
    process.exitCode = 1;
  }
}

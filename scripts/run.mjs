// node scripts/run.mjs <file under dist> [args]: one app or benchmark, installed and built first when needed.
import './lib/node-version.mjs';
import { existsSync } from 'node:fs';
import { buildIfNeeded } from './build.mjs';
import { complain, report } from './lib/console.mjs';
import { Cancelled, exitCodeOf, signalGroup, spawnGroup, stopOnSignals } from './lib/groups.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { inRoot } from './lib/root.mjs';

const [file, ...args] = process.argv.slice(2);
let child;
let ended;

// The child leads its own group, so each signal reaches it once, through us. It decides how it ends.
stopOnSignals((signal) => {
  if (child) signalGroup(child.pid, signal);
  return ended;
});

try {
  if (!file) throw new Error('Usage: node scripts/run.mjs <file under dist> [args]');
  // What the app prints may be piped into something: our own lines go to stderr.
  await installIfNeeded({ log: complain });
  await buildIfNeeded({ log: complain });
  if (!existsSync(inRoot('dist', file))) throw new Error(`There is no ${inRoot('dist', file)}.`);
  child = spawnGroup(process.execPath, [inRoot('dist', file), ...args], { stdio: 'inherit' });
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

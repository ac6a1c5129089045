import { readFileSync } from 'node:fs';
import { print, step } from './console.mjs';
import { must, run } from './processes.mjs';
import { inRoot } from './root.mjs';

/**
 * Returns whether node_modules matches package-lock.json. npm writes node_modules/.package-lock.json as the last step of
 * an install, so this also detects manual and interrupted installs.
 */
function isInstalled() {
  const packages = (path) => JSON.parse(readFileSync(inRoot(path), 'utf8')).packages;
  try {
    const wanted = packages('package-lock.json');
    const have = packages('node_modules/.package-lock.json');
    const names = [...Object.keys(wanted), ...Object.keys(have)].filter((name) => name !== '');
    const isSame = (name) =>
      have[name] === undefined
        ? wanted[name].optional // it may be for another platform
        : have[name].version === wanted[name]?.version && have[name].integrity === wanted[name]?.integrity;
    return names.every(isSame);
  } catch {
    return false;
  }
}

/** Installs the packages of package-lock.json, unless they are installed. @throws {Failure} */
export async function installIfNeeded(log = print) {
  if (isInstalled()) return;
  // NODE_ENV=production would leave out the compiler.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await step('Installing dependencies (npm ci)', () => must('npm ci', run('npm', args)), log);
}

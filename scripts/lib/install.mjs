import { readFileSync } from 'node:fs';
import { print, step } from './console.mjs';
import { mustRun } from './groups.mjs';
import { npmCommand } from './npm.mjs';
import { inRoot, root } from './root.mjs';

/**
 * Returns whether node_modules matches package-lock.json. npm writes node_modules/.package-lock.json as the last step of
 * an install, so this also detects manual and interrupted installs.
 */
export function isInstalled(dir = root) {
  const packages = (path) => JSON.parse(readFileSync(`${dir}/${path}`, 'utf8')).packages;
  try {
    const wanted = packages('package-lock.json');
    const have = packages('node_modules/.package-lock.json');
    const isSame = (path) =>
      have[path]?.version === wanted[path].version && have[path]?.integrity === wanted[path].integrity;
    // Optional packages may be for other platforms.
    return (
      Object.keys(have).every((path) => wanted[path]) &&
      Object.keys(wanted).every(
        (path) => path === '' || isSame(path) || (wanted[path].optional && !have[path]),
      )
    );
  } catch {
    return false;
  }
}

export async function installIfNeeded({ log = print } = {}) {
  if (isInstalled()) return;
  const [command, ...before] = npmCommand();
  // NODE_ENV=production would leave out the compiler.
  const args = [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await step(
    'Installing dependencies (npm ci)',
    () => mustRun('npm ci', command, args, { cwd: inRoot() }),
    log,
  );
}

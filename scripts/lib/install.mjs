import { readFileSync } from 'node:fs';
import { say, step } from './console.mjs';
import { mustRun } from './groups.mjs';
import { npmCommand } from './npm.mjs';
import { inRoot, root } from './root.mjs';

/**
 * True when node_modules holds what package-lock.json asks for. npm writes node_modules/.package-lock.json as the
 * last act of an install, so this also sees one that somebody ran by hand, and one that was cut off.
 */
export function isInstalled(dir = root) {
  const packages = (path) => JSON.parse(readFileSync(`${dir}/${path}`, 'utf8')).packages;
  try {
    const wanted = packages('package-lock.json');
    const have = packages('node_modules/.package-lock.json');
    const isSame = (path) =>
      have[path]?.version === wanted[path].version && have[path]?.integrity === wanted[path].integrity;
    // Optional ones are those of other platforms.
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

export async function installIfNeeded({ log = say } = {}) {
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

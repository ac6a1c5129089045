import { onPath } from './root.mjs';

/**
 * Returns the npm that started this process, since another one may be first on the PATH: [command, ...first arguments].
 */
export function npmCommand() {
  const npm = process.env.npm_execpath ?? '';
  return /npm-cli\.c?js$/.test(npm) ? [process.execPath, npm] : [onPath('npm') ?? 'npm'];
}

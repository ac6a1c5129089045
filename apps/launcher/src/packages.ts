import { existsSync } from 'node:fs';
import { printError, step } from '#scripts/console';
import { onPath, run } from '#scripts/processes';

/** Runs a command as root, without a password prompt. `env` after sudo, because sudo drops environment variables. */
function asRoot(...words: string[]) {
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [command, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', ...words];
  return run(command!, args);
}

async function install(title: string, work: () => ReturnType<typeof run>): Promise<boolean> {
  const { code, output } = await step(title, work);
  if (code !== 0) printError(output.trimEnd().split('\n').slice(-5).join('\n'));
  return code === 0;
}

/**
 * Installs the first of `names` that apt has in a new enough version, as root or with passwordless sudo.
 * @returns false when there is no apt, no permission to use it, or no such package
 */
export async function aptInstall(names: string[], { atLeast = 0 } = {}): Promise<boolean> {
  if (!(await onPath('apt-get')) || (await asRoot('true')).code !== 0) return false;
  // A broken third-party source fails the update but may not matter: the candidate version decides.
  const what = names.join(' or ');
  await step(`Updating the package lists, to install ${what} (apt-get update)`, () =>
    asRoot('apt-get', 'update'),
  );
  for (const name of names) {
    const { output } = await run('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } });
    if (Number(/Candidate: (?:\d+:)?(\d+)/.exec(output)?.[1] ?? -1) < atLeast) continue;
    const isInstalled = await install(`Installing ${name} (apt-get install)`, async () => {
      await asRoot('dpkg', '--configure', '-a'); // repairs an install interrupted by Ctrl-C
      const flags = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
      return asRoot('apt-get', 'install', ...flags, name);
    });
    // Debian starts installed services. The launcher starts its own Redis, and port 6379 should stay free.
    if (name.endsWith('-server') && existsSync('/run/systemd/system'))
      await asRoot('systemctl', 'disable', '--now', name);
    if (isInstalled) return true;
  }
  return false;
}

export const brewInstall = async (name: string): Promise<boolean> =>
  (await onPath('brew')) !== undefined &&
  install(`Installing ${name} (brew install)`, () => run('brew', ['install', name]));

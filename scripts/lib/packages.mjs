// Installs system packages with apt-get, as root or with passwordless sudo, or with Homebrew.
import { existsSync } from 'node:fs';
import { printError, step, tail } from './console.mjs';
import { run } from './processes.mjs';
import { onPath } from './root.mjs';

/** Returns the command prefix to run as root without a password prompt; null when not possible. */
async function asRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = onPath('sudo');
  return sudo && (await run(sudo, ['-n', 'true'])).code === 0 ? [sudo, '-n'] : null;
}

/**
 * Installs the first of `names` that apt has in a new enough version.
 * @returns {Promise<boolean>} false when there is no apt, no permission to use it, or no such package
 */
export async function aptInstall(names, { atLeast = 0 } = {}) {
  const apt = onPath('apt-get');
  const prefix = apt && (await asRoot());
  if (!prefix) return false;
  // `env` after sudo, because sudo drops environment variables.
  const asAdmin = (...words) => {
    const [command, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', ...words];
    return run(command, args);
  };
  // A broken third-party source fails the update but may not matter: the candidate version decides.
  const what = names.join(' or ');
  await step(`Updating the package lists, to install ${what} (apt-get update)`, () => asAdmin(apt, 'update'));
  for (const name of names) {
    const policy = (await asAdmin('apt-cache', 'policy', name)).output;
    const major = Number(/Candidate: (?:\d+:)?(\d+)/.exec(policy)?.[1] ?? -1);
    if (major < atLeast) continue;
    const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
    const { code, output } = await step(`Installing ${name} (apt-get install)`, async () => {
      await asAdmin('dpkg', '--configure', '-a'); // repairs an install interrupted by Ctrl-C
      return asAdmin(apt, 'install', ...options, name);
    });
    if (code === 0) {
      await stopService(name, asAdmin);
      return true;
    }
    printError(tail(output, 5));
  }
  return false;
}

// Debian starts installed services. The launcher starts its own Redis, and port 6379 should stay free.
async function stopService(name, asAdmin) {
  if (!name.endsWith('-server')) return;
  if (existsSync('/run/systemd/system')) await asAdmin('systemctl', 'disable', '--now', name);
  else if (existsSync(`/etc/init.d/${name}`)) await asAdmin('service', name, 'stop');
}

export async function brewInstall(name) {
  const brew = onPath('brew');
  if (!brew) return false;
  const { code, output } = await step(`Installing ${name} (brew install)`, () =>
    run(brew, ['install', name]),
  );
  if (code !== 0) printError(tail(output, 5));
  return code === 0;
}

// The launcher's own Redis, on a free port of this machine and with its data in `dir`.
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from './data-dir.mjs';
import { freePort } from './ports.mjs';
import { spawnGroup } from './processes.mjs';

const noteIn = (dir) => join(dir, 'launcher.json');

/** Returns a client for a Redis on this machine. Imported here, because the scripts must load before npm ci. */
async function clientOf({ port, password }, options) {
  const { Redis } = await import('ioredis');
  const client = new Redis({ host: '127.0.0.1', port, password, lazyConnect: true, ...options });
  return client.on('error', () => {}); // also reported by the call
}

/** Stops a Redis that a killed launcher left running on `dir`. */
async function stopLeftover(dir) {
  if (!existsSync(noteIn(dir))) return;
  const note = JSON.parse(readFileSync(noteIn(dir), 'utf8'));
  const client = await clientOf(note, { retryStrategy: () => null, enableReadyCheck: false });
  try {
    await client.connect();
    // Only if that port serves this very directory: ports are reused.
    if ((await client.config('GET', 'dir'))[1] !== dir) return;
    client.shutdown().catch(() => {});
    await once(client, 'end');
  } catch {
    // Nothing listens there, or something else.
  } finally {
    client.disconnect();
  }
}

/**
 * Prepares `dir` for Redis, inaccessible to other users.
 * @returns its real path, a free port, and a new password, because an old one may be known to whatever has its port now
 */
export async function prepareRedis(dir) {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const real = realpathSync(dir);
  await stopLeftover(real);
  rmSync(noteIn(real), { force: true });
  return { dir: real, port: await freePort(), password: newSecret() };
}

/**
 * Spawns Redis without waiting.
 * @returns {{ child: import('node:child_process').ChildProcess, ready: Promise<{ url: string }> }} `ready` resolves once
 *   the data is loaded; it does not settle when the process exits first, so watch that as well
 */
export function launchRedis({ path, dir, port, password }) {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
  // `-` reads more of the configuration from stdin: a password in the arguments would be visible in ps.
  const child = spawnGroup(path, ['-', ...place, ...settings], { stdio: 'pipe' });
  child.stdin.on('error', () => {}); // it has already exited, which is reported
  child.stdin.end(`requirepass ${JSON.stringify(password)}\n`);
  writeFileSync(noteIn(dir), JSON.stringify({ port, password }), { mode: 0o600 });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { child, ready: loaded(child, { port, password }).then(() => ({ url })) };
}

/** Loading a long append-only file has no time limit, so this waits as long as the process runs. */
async function loaded(child, server) {
  const client = await clientOf(server, { retryStrategy: () => 50 });
  child.once('exit', () => client.disconnect());
  const ready = new Promise((resolve) => client.once('ready', resolve));
  client.connect().catch(() => {}); // it is tried again
  await ready;
  client.disconnect();
}

// The launcher's own Redis: found by find-redis.mjs, started on a free port with its data in `dir`, and stopped.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './ports.mjs';
import { spawnGroup } from './processes.mjs';
import { newSecret, writePrivate } from './secret.mjs';

const noteIn = (dir) => join(dir, 'launcher.json');

/** Returns a client for a Redis on this machine. Imported here, because the scripts must load before npm ci. */
async function clientOf({ port, password }, options) {
  const { Redis } = await import('ioredis');
  const client = new Redis({ host: '127.0.0.1', port, password, lazyConnect: true, ...options });
  client.on('error', () => {}); // also reported by the call
  return client;
}

/**
 * Spawns Redis without waiting.
 * @param redis result of findRedis()
 * @returns {{ child: import('node:child_process').ChildProcess, ready: Promise<{ url: string }> }} `ready` resolves once
 *   the data is loaded; it does not settle when the process exits first, so watch that as well
 */
export function launchRedis({ redis, dir, port, password }) {
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--daemonize', 'no'];
  const local = ['-', '--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...settings];
  // `-` reads more of the configuration from stdin: a password in the arguments would be visible in ps.
  const child = redis.docker
    ? spawnContainer({ ...redis, dir, port, settings })
    : spawnGroup(redis.path, local, { stdio: 'pipe' });
  child.stdin?.on('error', () => {}); // it has already exited, which is reported
  child.stdin?.end(`requirepass ${JSON.stringify(password)}\n`);
  writePrivate(noteIn(dir), JSON.stringify({ pid: child.pid, port, password }));
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { child, ready: loaded(child, { port, password }).then(() => ({ url })) };
}

// Runs as this user, so that the files in `dir` keep their owner. `docker run` forwards SIGTERM and exits with the
// container. The image turns protected mode off; turned on, it refuses remote clients if there is ever no password.
function spawnContainer({ docker, image, dir, port, settings }) {
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid()}`] : [];
  const name = `hexfleet-redis-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;
  const where = ['--name', name, '-p', `127.0.0.1:${port}:6379`, '-v', `${dir}:/data`, ...user];
  const server = ['redis-server', '-', '--protected-mode', 'yes', ...settings];
  const words = [docker, 'run', '-i', '--rm', ...where, image, ...server];
  const script = `"$1" rm -f ${name} </dev/null >/dev/null 2>&1; exec "$@"`;
  return spawnGroup('/bin/sh', ['-c', script, 'sh', ...words], { stdio: 'pipe' });
}

/** Loading a long append-only file has no time limit, so this waits as long as the process runs. */
async function loaded(child, server) {
  const client = await clientOf(server, { retryStrategy: () => 50 });
  child.once('exit', () => client.disconnect());
  await new Promise((resolve) => {
    client.once('ready', resolve);
    client.connect().catch(() => {}); // it is tried again
  });
  client.disconnect();
}

/** Stops a Redis that a killed launcher left running on `dir`. */
async function stopLeftover(dir) {
  let note;
  try {
    note = JSON.parse(readFileSync(noteIn(dir), 'utf8'));
  } catch {
    return;
  }
  const once = { retryStrategy: () => null, enableReadyCheck: false, commandTimeout: 2_000 };
  const client = await clientOf(note, once);
  try {
    await client.connect();
    // Only if that port serves this very directory: pids and ports are reused.
    const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
    const [, served] = await client.config('GET', 'dir');
    if (pid === note.pid && served === dir) {
      await client.shutdown().catch(() => {});
      for (const until = Date.now() + 5_000; isAlive(pid) && Date.now() < until; ) await wait(50);
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
  } catch {
    // Nothing listens there, or something else.
  } finally {
    client.disconnect();
  }
  rmSync(noteIn(dir), { force: true });
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/**
 * Prepares `dir` for Redis, inaccessible to other users.
 * @returns its real path, a free port, and a new password, because an old one may be known to whatever has its port now
 */
export async function prepareRedis(dir) {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const real = realpathSync(dir);
  await stopLeftover(real);
  return { dir: real, port: await freePort(), password: newSecret() };
}

// A Redis of our own: found (find-redis.mjs), started on a free port with its data in `dir`, and stopped again.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { spawnGroup } from './groups.mjs';
import { freePort } from './ports.mjs';
import { ask } from './resp.mjs';
import { newSecret, writePrivate } from './secret.mjs';

export { findRedis } from './find-redis.mjs';

const noteIn = (dir) => join(dir, 'launcher.json');

/**
 * Spawns it, without waiting.
 * @param redis what findRedis() gave
 * @returns {{ child: import('node:child_process').ChildProcess, ready: Promise<{ url: string }> }} `ready` resolves once
 *   the data is loaded; it does not settle when the process ends before, so watch that as well
 */
export function launchRedis({ redis, dir, port, password }) {
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--daemonize', 'no'];
  // `-` reads more of the configuration from stdin: a password among the arguments would be shown by ps.
  const child = redis.docker
    ? spawnContainer({ ...redis, dir, port, settings })
    : spawnGroup(
        redis.path,
        ['-', '--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...settings],
        {
          stdio: 'pipe',
        },
      );
  child.stdin?.on('error', () => {}); // it has ended already, which says more
  child.stdin?.end(`requirepass ${JSON.stringify(password)}\n`);
  writePrivate(noteIn(dir), JSON.stringify({ pid: child.pid, port, password }));
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { child, ready: answering(child, { port, password }).then(() => ({ url })) };
}

// As this user, so that the files in `dir` stay ours. `docker run` passes SIGTERM on and ends with the container. The
// image turns protected mode off; on, it refuses everyone from outside should there ever be no password.
function spawnContainer({ docker, image, dir, port, settings }) {
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid()}`] : [];
  const name = containerName(dir);
  const where = ['--name', name, '-p', `127.0.0.1:${port}:6379`, '-v', `${dir}:/data`, ...user];
  const server = ['redis-server', '-', '--protected-mode', 'yes', ...settings];
  const words = [docker, 'run', '-i', '--rm', ...where, image, ...server];
  const script = `"$1" rm -f ${name} </dev/null >/dev/null 2>&1; exec "$@"`;
  return spawnGroup('/bin/sh', ['-c', script, 'sh', ...words], { stdio: 'pipe' });
}

const containerName = (dir) =>
  `hexfleet-redis-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;

async function answering(child, server) {
  // '-LOADING' is an answer too: a long append-only file takes as long as it takes.
  while (child.exitCode === null && child.signalCode === null) {
    if ((await ask(server, 'PING').catch(() => '')) === '+PONG') return;
    await wait(50);
  }
  return new Promise(() => {});
}

/** Stops the Redis that an earlier launcher, killed before it could, left running on `dir`. */
export async function stopLeftover(dir) {
  let note;
  try {
    note = JSON.parse(readFileSync(noteIn(dir), 'utf8'));
  } catch {
    return;
  }
  // Ours only if that port serves this very directory: pids and ports are used again.
  const info = await ask(note, 'INFO', 'server').catch(() => '');
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
  const [, served] = await ask(note, 'CONFIG', 'GET', 'dir').catch(() => []);
  if (pid === note.pid && served === dir) {
    await ask(note, 'SHUTDOWN').catch(() => {});
    for (const until = Date.now() + 5000; isAlive(pid) && Date.now() < until; ) await wait(50);
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
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
 * Makes `dir` ready for a Redis, closed to other users.
 * @returns its real path, a free port, and a password of this start: an old one is known to whatever has its port now
 */
export async function prepareRedis(dir) {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const real = realpathSync(dir);
  await stopLeftover(real);
  return { dir: real, port: await freePort(), password: newSecret() };
}

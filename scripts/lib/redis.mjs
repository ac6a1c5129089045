// A Redis of our own: found (find-redis.mjs), started on a free port with its data in `dir`, and stopped again.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from './console.mjs';
import { spawnGroup } from './groups.mjs';
import { freePort } from './ports.mjs';
import { ask } from './resp.mjs';

export { findRedis } from './find-redis.mjs';

const noteIn = (dir) => join(dir, 'launcher.json');

/**
 * Spawns it, without waiting.
 * @param redis what findRedis() gave
 * @returns {{ child: import('node:child_process').ChildProcess, ready: Promise<{ url: string }> }} `ready` resolves once
 *   the data is loaded; it does not settle when the process ends before, so watch that as well
 */
export function launchRedis({ redis, dir, port, appendfsync = 'everysec' }) {
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', appendfsync, '--daemonize', 'no'];
  const child = redis.docker
    ? spawnContainer({ ...redis, dir, port, settings })
    : spawnGroup(redis.path, ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...settings], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
  writeFileSync(noteIn(dir), JSON.stringify({ pid: child.pid, port }));
  return { child, ready: answering(child, port).then(() => ({ url: `redis://127.0.0.1:${port}` })) };
}

// As this user, so that the files in `dir` stay ours. `docker run` passes SIGTERM on and ends with the container.
function spawnContainer({ docker, image, dir, port, settings }) {
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid()}`] : [];
  const name = containerName(dir);
  const where = ['--name', name, '-p', `127.0.0.1:${port}:6379`, '-v', `${dir}:/data`, ...user];
  const words = [
    docker,
    'run',
    '--rm',
    ...where,
    image,
    'redis-server',
    '--protected-mode',
    'no',
    ...settings,
  ];
  const script = `"$1" rm -f ${name} >/dev/null 2>&1; exec "$@"`;
  return spawnGroup('/bin/sh', ['-c', script, 'sh', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
}

const containerName = (dir) =>
  `hexfleet-redis-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;

async function answering(child, port) {
  // '-LOADING' is an answer too: a long append-only file takes as long as it takes.
  while (child.exitCode === null && child.signalCode === null) {
    if ((await ask(port, 'PING').catch(() => '')) === '+PONG') return;
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
  const info = await ask(note.port, 'INFO', 'server').catch(() => '');
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
  const [, served] = await ask(note.port, 'CONFIG', 'GET', 'dir').catch(() => []);
  if (pid === note.pid && served === dir) {
    await ask(note.port, 'SHUTDOWN').catch(() => {});
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

/** Makes `dir` ready for a Redis. @returns its real path and a free port */
export async function prepareRedis(dir) {
  mkdirSync(dir, { recursive: true });
  const real = realpathSync(dir);
  await stopLeftover(real);
  return { dir: real, port: await freePort() };
}

/** Starts one and waits until it answers. For tests and benchmarks; npm start supervises launchRedis itself. */
export async function startRedis({ redis, dir, port, appendfsync }) {
  const place = await prepareRedis(dir);
  const { child, ready } = launchRedis({ redis, ...place, ...(port && { port }), appendfsync });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-4096);
    });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.once('error', () => {});
  const early = ended.then(() => Promise.reject(new Failure(`Redis did not start:\n${output.trimEnd()}`)));
  early.catch(() => {});
  const { url } = await Promise.race([ready, early]);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3500);
    await ended;
    clearTimeout(timer);
  };
  return { url, pid: child.pid, process: child, stop };
}

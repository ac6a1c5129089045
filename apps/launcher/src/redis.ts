import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { spawnGroup } from '#scripts/processes';
import { newSecret } from './data-dir.js';
import { freePort } from './ports.js';
import type { Launched } from './supervisor.js';

/** The launcher's own Redis, on a free port of this machine. */
export type OwnRedis = { dir: string; port: number; password: string };

const noteIn = (dir: string) => join(dir, 'launcher.json');

/** Returns a client for a Redis on this machine. */
const clientOf = (server: Omit<OwnRedis, 'dir'>, options: RedisOptions): Redis =>
  new Redis({ host: '127.0.0.1', ...server, lazyConnect: true, ...options })
    // Also reported by the call.
    .on('error', () => {});

/** Stops a Redis that a killed launcher left running on `dir`. */
async function stopLeftover(dir: string): Promise<void> {
  if (!existsSync(noteIn(dir))) return;
  const { port, password } = JSON.parse(readFileSync(noteIn(dir), 'utf8'));
  const client = clientOf({ port, password }, { retryStrategy: () => null, enableReadyCheck: false });
  try {
    await client.connect();
    // Only if that port serves this very directory: ports are reused.
    if (((await client.config('GET', 'dir')) as string[])[1] !== dir) return;
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
export async function prepareRedis(dir: string): Promise<OwnRedis> {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const real = realpathSync(dir);
  await stopLeftover(real);
  rmSync(noteIn(real), { force: true });
  return { dir: real, port: await freePort(), password: newSecret() };
}

/** Spawns Redis without waiting. Its ready message is the URL, once the data is loaded. */
export function launchRedis(path: string, { dir, port, password }: OwnRedis): Launched<{ url: string }> {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
  const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'];
  // `-` reads more of the configuration from stdin: a password in the arguments would be visible in ps.
  const child = spawnGroup(path, ['-', ...place, ...settings], { stdio: 'pipe' });
  child.stdin!.on('error', () => {}); // it has already exited, which is reported
  child.stdin!.end(`requirepass ${JSON.stringify(password)}\n`);
  writeFileSync(noteIn(dir), JSON.stringify({ port, password }), { mode: 0o600 });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { child, ready: loaded(child, { port, password }).then(() => ({ url })) };
}

/** Loading a long append-only file has no time limit, so this waits as long as the process runs. */
async function loaded(child: ChildProcess, server: Omit<OwnRedis, 'dir'>): Promise<void> {
  const client = clientOf(server, { retryStrategy: () => 50 });
  child.once('exit', () => client.disconnect());
  // Not once() of node:events, which fails at the first refused connection.
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  client.connect().catch(() => {}); // it is tried again
  await ready;
  client.disconnect();
}

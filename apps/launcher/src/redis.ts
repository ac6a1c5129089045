import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnGroup } from '#scripts/processes';
import { connect, connected, shutDownRedis } from '#store';
import { newSecret } from './data-dir.js';
import { freePort } from './ports.js';
import type { Launched } from './supervisor.js';

/** The launcher's own Redis, on a free port of this machine. */
export type OwnRedis = { dir: string; port: number; password: string };

const noteIn = (dir: string) => join(dir, 'launcher.json');

const urlOf = ({ port, password }: Omit<OwnRedis, 'dir'>): string => `redis://:${password}@127.0.0.1:${port}`;

/**
 * Prepares `dir` for Redis, inaccessible to other users.
 * @returns its real path, a free port, and a new password, because an old one may be known to whatever has its port now
 */
export async function prepareRedis(dir: string): Promise<OwnRedis> {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o700);
  const real = realpathSync(dir);
  // A killed launcher leaves its Redis running. Only the one on this very directory is stopped: ports are reused.
  if (existsSync(noteIn(real)))
    await shutDownRedis(urlOf(JSON.parse(readFileSync(noteIn(real), 'utf8'))), real);
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
  const url = urlOf({ port, password });
  return { child, ready: loaded(child, url).then(() => ({ url })) };
}

/** Loading a long append-only file has no time limit, so this waits as long as the process runs. */
async function loaded(child: ChildProcess, url: string): Promise<void> {
  const client = connect(url, 'commands', () => {}); // it is tried again
  child.once('exit', () => client.disconnect());
  await connected(client);
  client.disconnect();
}

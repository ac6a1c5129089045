import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './ports.js';

const BINARY = process.env.HEXFLEET_TEST_REDIS ?? 'redis-server';

export type TestRedis = {
  url: string;
  port: number;
  /** where it keeps its data */
  dir: string;
  client: Redis;
  pid(): number;
  /** kills it, as a crash would */
  kill(): Promise<void>;
  /** starts it again on the same port with the same data */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A real Redis of its own, with an append-only file, on a free port.
 * @param dataOf a directory of another, whose data it starts with
 */
export async function startRedis(
  appendfsync: 'always' | 'everysec' | 'no' = 'no',
  more: string[] = [],
  dataOf?: string,
): Promise<TestRedis> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-redis-'));
  if (dataOf !== undefined) await cp(dataOf, dir, { recursive: true });
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess;

  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => {});
  const start = async () => {
    const flags = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'yes',
    ];
    child = spawn(BINARY, [...flags, '--appendfsync', appendfsync, ...more], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout!.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-2_000);
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`Redis ended at its start: ${said}`);
    });
    await Promise.race([client.ping(), ended]);
    ended.catch(() => {});
  };
  const kill = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    port,
    dir,
    client,
    pid: () => child.pid!,
    kill,
    restart: start,
    stop: async () => {
      client.disconnect();
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

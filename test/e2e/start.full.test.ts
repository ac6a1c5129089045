import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { distanceM } from '#geo';
import { Api, devToken } from '#sdk';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SECRET = 'a secret of the user, at least 32 characters';

let dataDir: string;
let launched: Launched | null = null;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hexfleet-start-'));
});
afterEach(async () => {
  launched?.child.kill('SIGKILL');
  launched = null;
  // A killed launcher cannot stop its children.
  for (const { pid } of await running()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // it has just exited
  }
  await rm(dataDir, { recursive: true, force: true });
});

type Launched = { child: ChildProcess; output: () => string; ended: Promise<number | null> };

function launch(env: Record<string, string>): Launched {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      HEXFLEET_DATA_DIR: dataDir,
      HEXFLEET_VEHICLES: '10',
      ...env,
    },
  });
  let output = '';
  child.stdout!.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    output += chunk;
  });
  launched = {
    child,
    output: () => output,
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
  };
  return launched;
}

type Running = { pid: number; command: string };

/**
 * Returns the processes that have this test's data directory in their environment or arguments, or as working
 * directory.
 */
async function running(): Promise<Running[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: Running[] = [];
  for (const pid of pids) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const [environment, command] = [await read('environ'), await read('cmdline')];
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (Number(pid) !== process.pid && `${environment}${command}${cwd}`.includes(dataDir))
      found.push({ pid: Number(pid), command: command.replaceAll('\0', ' ') });
  }
  return found;
}

/** Returns the addresses that processes of this test listen on, as in /proc/net/tcp. */
async function listening(): Promise<string[]> {
  const inodes = new Set<string>();
  for (const { pid } of await running())
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
  return tables
    .flatMap((table) => table.split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode!))
    .map(([, local]) => local!);
}

/** 127.0.0.1 as in /proc/net/tcp, in the byte order of the machine. */
const LOOPBACK = '0100007F';

const leftBehind = async (): Promise<string[]> => (await running()).map(({ command }) => command);

/** Kills the process of this test whose command matches, once it runs with a pid other than `before`. */
async function kill(command: RegExp, before?: number): Promise<number> {
  let pid: number | undefined;
  await eventually(async () => {
    pid = (await running()).find((process) => command.test(process.command))?.pid;
    return pid !== undefined && pid !== before;
  });
  process.kill(pid!, 'SIGKILL');
  return pid!;
}

describe('npm start', () => {
  test('starts everything, stops it on Ctrl-C, and resumes with the same data', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const first = launch({ PORT: String(port) });
    await eventually(() => /Stop +Ctrl-C/.test(first.output()), 60_000);
    expect(first.output()).toContain(`${url}/`);
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>Hexfleet');
    const api = async () => new Api({ url, token: await devToken('service', 's', url) });
    const position = async () => (await (await api()).driver('car-0001').catch(() => null))?.position ?? null;
    await expect.poll(position, { timeout: 20_000 }).not.toBeNull();
    const before = (await position())!;
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(await leftBehind()).toEqual([]);

    const second = launch({ PORT: String(port) });
    await eventually(() => second.output().includes('Hexfleet is ready'), 60_000);
    await expect.poll(async () => (await position())?.t, { timeout: 20_000 }).toBeGreaterThan(before.t);
    expect(distanceM(before, (await position())!)).toBeLessThan(500);
    // Processors count what is really unread, whatever Redis says of its streams after a restart.
    const lag = async () => Math.max(...(await (await api()).nodes()).map((node) => node.lag));
    await expect.poll(lag, { timeout: 20_000 }).toBeLessThan(20);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
    expect(await leftBehind()).toEqual([]);
  }, 150_000);

  test('listens on localhost only, keeps its Redis password private, and prints no secrets', async () => {
    const port = await freePort();
    const { child, output, ended } = launch({ PORT: String(port), HEXFLEET_VEHICLES: '0' });
    await eventually(() => /Stop +Ctrl-C/.test(output()), 60_000);
    const addresses = await listening();
    expect(addresses.length).toBeGreaterThan(3);
    expect(addresses.filter((address) => !address.startsWith(`${LOOPBACK}:`))).toEqual([]);

    const dir = join(dataDir, 'redis');
    const note = join(dir, 'launcher.json');
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(note)).mode & 0o777).toBe(0o600);
    const redis = JSON.parse(await readFile(note, 'utf8'));
    const stranger = new Redis(redis.port, { lazyConnect: true, retryStrategy: () => null });
    stranger.on('error', () => {});
    await expect(stranger.set('a', 'b')).rejects.toThrow('NOAUTH');
    stranger.disconnect();
    const friend = new Redis(redis.port, { password: redis.password });
    expect(await friend.ping()).toBe('PONG');
    friend.disconnect();
    for (const { command } of await running()) expect(command).not.toContain(redis.password);
    expect(output()).not.toContain(redis.password);
    for (const log of await readdir(join(dataDir, 'logs')))
      expect(await readFile(join(dataDir, 'logs', log), 'utf8')).not.toContain(redis.password);

    expect(output()).toContain('on: any program on this machine can get tokens for any role');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  }, 90_000);

  test.each([
    ['HEXFLEET_DEMO=0', { HEXFLEET_DEMO: '0' }, /Demo +off \(HEXFLEET_DEMO=0\)/],
    ['a custom secret', { HEXFLEET_JWT_SECRET: SECRET }, /Demo +off, because HEXFLEET_JWT_SECRET is set/],
  ])(
    'with %s issues no tokens, starts no vehicles, and says so',
    async (_, env, line) => {
      const port = await freePort();
      const { child, output, ended } = launch({ PORT: String(port), ...env });
      await eventually(() => /Stop +Ctrl-C/.test(output()), 60_000);
      expect(output()).toMatch(line);
      expect(output()).toContain('no simulated vehicles, and the pages need a sign-in');
      expect(output()).not.toContain(SECRET);
      await expect(devToken('service', 's', `http://localhost:${port}`)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect((await running()).filter(({ command }) => command.includes('apps/simulator'))).toEqual([]);
      child.kill('SIGINT');
      expect(await ended).toBe(0);
    },
    90_000,
  );

  test('serves the demo with HEXFLEET_DEMO=1 and a custom secret, and warns about it', async () => {
    const port = await freePort();
    const env = { HEXFLEET_DEMO: '1', HEXFLEET_JWT_SECRET: SECRET, HEXFLEET_VEHICLES: '1' };
    const { child, output, ended } = launch({ PORT: String(port), ...env });
    await eventually(() => /Stop +Ctrl-C/.test(output()), 60_000);
    expect(output()).toMatch(/Demo +on \(HEXFLEET_DEMO=1\).*signed with your HEXFLEET_JWT_SECRET/);
    expect(await devToken('service', 's', `http://localhost:${port}`)).toMatch(/^ey/);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  }, 90_000);

  test('can be stopped during startup', async () => {
    const starting = launch({ PORT: String(await freePort()) });
    await eventually(() => starting.output().includes('Starting gateways'), 60_000);
    starting.child.kill('SIGINT');
    expect(await starting.ended).not.toBeNull();
    expect(await leftBehind()).toEqual([]);
  }, 90_000);

  test.each([
    ['HEXFLEET_GATEWAYS', 'many', /HEXFLEET_GATEWAYS="many"/],
    ['HEXFLEET_HOST', '192.0.2.1', /HEXFLEET_HOST 192\.0\.2\.1 is not an address of this machine/],
    ['HEXFLEET_REDIS_URL', 'redis://u:hunter2/@127.0.0.1:x', /HEXFLEET_REDIS_URL="redis:\/\/\*\*\*@/],
    ['HEXFLEET_REDIS_URL', 'redis://u:hunter2@127.0.0.1:1', /at redis:\/\/\*\*\*@127\.0\.0\.1:1/],
    ['HEXFLEET_REDIS_URL', 'redis://127.0.0.1:1', /cannot reach Redis at redis:\/\/127\.0\.0\.1:1/],
  ])(
    '%s=%s fails with one clear line',
    async (variable, value, line) => {
      const failed = launch({ PORT: String(await freePort()), [variable]: value });
      expect(await failed.ended).toBe(1);
      expect(failed.output()).toMatch(line);
      expect(failed.output()).not.toMatch(/\n\s+at /);
      expect(failed.output()).not.toContain('hunter2');
      expect(await leftBehind()).toEqual([]);
    },
    90_000,
  );

  test('a port in use, and a Redis that is too old', async () => {
    // No package has a Redis from before 2022, so this fake only reports an old version.
    const info = 'redis_version:6.2.14\r\n';
    const old = createServer((socket) => {
      socket.on('data', (data) => {
        const commands = [...String(data).matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)].map(([, name]) =>
          name!.toLowerCase(),
        );
        for (const name of commands)
          socket.write(name === 'info' ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
      });
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const { port } = old.address() as { port: number };
    const busy = launch({ PORT: String(port) });
    expect(await busy.ended).toBe(1);
    expect(busy.output()).toMatch(new RegExp(`PORT.*${port}.*in use`));
    const tooOld = launch({
      PORT: String(await freePort()),
      HEXFLEET_REDIS_URL: `redis://127.0.0.1:${port}`,
    });
    expect(await tooOld.ended).toBe(1);
    expect(tooOld.output()).toMatch(/Redis 6\.2\.14 .* is too old/);
    old.close();
    expect(await leftBehind()).toEqual([]);
  }, 90_000);
});

const PROCESSOR = /apps\/processor\/src\/main\.js/;
const REDIS = /redis-server|valkey-server/;

describe('the supervisor', () => {
  const linesAbout = (output: string, name: string) =>
    output.split('\n').filter((line) => line.startsWith(`${name} exited`));

  test('restarts a process that dies, logs one line, and the fleet continues', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const { child, output, ended } = launch({ PORT: String(port) });
    await eventually(() => /Stop +Ctrl-C/.test(output()), 60_000);
    const api = new Api({ url, token: await devToken('service', 's', url) });
    const newFixes = (since = Date.now()) =>
      eventually(async () => {
        const driver = await api.driver('car-0001').catch(() => null);
        return (driver?.position?.t ?? 0) > since;
      }, 30_000);
    await newFixes();

    await kill(PROCESSOR);
    await eventually(() => linesAbout(output(), 'processor-1').length > 0);
    await newFixes();
    await kill(REDIS);
    await eventually(() => linesAbout(output(), 'redis').length > 0);
    await newFixes();
    expect(linesAbout(output(), 'processor-1')).toEqual([
      'processor-1 exited (SIGKILL); restarting in 0.2 s',
    ]);
    expect(linesAbout(output(), 'redis')).toEqual(['redis exited (SIGKILL); restarting in 0.2 s']);
    expect(output().match(/ exited /g)).toHaveLength(2);

    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(await leftBehind()).toEqual([]);
  }, 150_000);

  test('backs off between restarts, and gives up after five exits in a minute', async () => {
    const { output, ended } = launch({ PORT: String(await freePort()) });
    await eventually(() => /Stop +Ctrl-C/.test(output()), 60_000);
    let pid: number | undefined;
    for (let deaths = 0; deaths < 5; deaths += 1) pid = await kill(PROCESSOR, pid);
    expect(await ended).toBe(1);
    expect(linesAbout(output(), 'processor-1')).toEqual([
      ...['0.2', '0.4', '0.8', '1.6'].map(
        (delay) => `processor-1 exited (SIGKILL); restarting in ${delay} s`,
      ),
      'processor-1 exited 5 times within a minute, last with SIGKILL.',
    ]);
    expect(await leftBehind()).toEqual([]);
  }, 150_000);
});

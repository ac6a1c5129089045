import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../fixtures/ports.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = [
  'apps',
  'libs',
  'scripts',
  'test',
  'nest-cli.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const PATIENT = { timeout: 120_000 };

/** A copy of the sources, so that an edit touches no other test. */
let dir: string;
let redis: TestRedis;
const running: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hexfleet-nest-'));
  for (const part of PARTS) await cp(join(ROOT, part), join(dir, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'), 'dir');
  redis = await startRedis();
});
afterAll(async () => {
  for (const child of running) if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

function nest(...args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js'), ...args], {
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HEXFLEET_REDIS_URL: redis.url,
      HEXFLEET_JWT_SECRET: 'a secret of the tests, at least 32 characters',
    },
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return { child, output: () => output };
}
let port = 0;

const get = async (path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    (response) => response.json(),
    () => null,
  );

test('nest start gateway --watch works without built pages and restarts on an edit', {
  timeout: 300_000,
}, async () => {
  port = await freePort();
  nest('start', 'gateway', '--watch');
  await expect.poll(() => get('/healthz'), PATIENT).toMatchObject({ ok: true });
  const file = join(dir, 'libs/protocol/src/codes.ts');
  const source = await readFile(file, 'utf8');
  const edited = source.replace(/(NOT_FOUND: .*message: ')[^']+/, '$1Edited');
  expect(edited).not.toBe(source);
  await writeFile(file, edited);
  await expect
    .poll(() => get('/api/nothing'), PATIENT)
    .toMatchObject({ message: expect.stringContaining('Edited') });
});

test('nest start processor --watch joins the installation', { timeout: 300_000 }, async () => {
  nest('start', 'processor', '--watch');
  const nodes = async () =>
    Object.keys(await redis.client.hgetall('nodes')).map((node) => node.split('-')[0]);
  await expect.poll(nodes, PATIENT).toContain('processor');
});

test('nest generate creates a service in its feature folder', PATIENT, async () => {
  const { child, output } = nest('generate', 'service', 'tariffs', '--project', 'gateway', '--dry-run');
  await new Promise((resolve) => child.once('close', resolve));
  expect(output()).toContain('CREATE');
  expect(output()).toContain('apps/gateway/src/tariffs/tariffs.service.ts');
});

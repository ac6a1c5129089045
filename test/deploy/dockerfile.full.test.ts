import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../fixtures/ports.js';
import { startRedis, type TestRedis } from '../fixtures/redis.js';

/** Size of node:20-bookworm-slim, uncompressed, of which the image is made. */
const BASE_MB = 200;
const MAX_IMAGE_MB = 250;

let build: string;
let redis: TestRedis;
beforeAll(async () => {
  build = mkdtempSync(join(tmpdir(), 'hexfleet-image-'));
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
  rmSync(build, { recursive: true, force: true });
});

/** Instructions of a stage of the Dockerfile, such as `RUN npm ci`. */
function stage(index: number): string[] {
  const stages = readFileSync('deploy/Dockerfile', 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split(/^FROM .*\n/m)
    .slice(1);
  return stages[index]!.trim().split('\n');
}

const sizeOf = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
    : statSync(path).size;

test('the steps of the Dockerfile build an image without node_modules, whose roles run as they do there', async () => {
  // The files of a checkout: .dockerignore excludes at least what git ignores.
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const instruction of stage(0)) {
    const [what, ...words] = instruction.split(' ');
    if (what === 'COPY' && words.at(-1) === './')
      for (const name of words.slice(0, -1)) cpSync(name, join(build, name));
    else if (instruction === 'COPY . .') {
      for (const name of files.split('\0').filter((file) => file !== ''))
        cpSync(name, join(build, name), { force: true });
    } else if (what === 'RUN')
      execFileSync('sh', ['-c', words.join(' ')], { cwd: build, stdio: ['ignore', 'ignore', 'pipe'] });
    else expect(what).toBe('WORKDIR');
  }
  const image = join(build, 'image');
  const megabytes = sizeOf(image) / 1e6;
  console.log(`the image adds ${megabytes.toFixed(1)} MB to its base of about ${BASE_MB} MB`);
  expect(BASE_MB + megabytes).toBeLessThan(MAX_IMAGE_MB);
  expect(readdirSync(image)).not.toContain('node_modules');

  const final = stage(1).map((line) => line.split(' '));
  const variables = final
    .filter(([what]) => what === 'ENV')
    .flatMap(([, ...words]) => words.map((word) => word.split('=') as [string, string]));
  const [port, ops] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH!,
    ...Object.fromEntries(variables),
    HEXFLEET_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    HEXFLEET_JWT_SECRET: 'a secret of the tests, at least 32 characters',
    HEXFLEET_HOST: '127.0.0.1',
    HEXFLEET_OPS_HOST: '127.0.0.1',
  };
  const argument = (what: string) => final.find(([name]) => name === what)!.slice(1);
  const entrypoint = JSON.parse(argument('ENTRYPOINT').join(' ')) as string[];
  const health = JSON.parse(/CMD (\[.*\])/.exec(argument('HEALTHCHECK').join(' '))![1]!) as string[];
  for (const [role, ports] of [
    ['gateway', { PORT: String(port), HEXFLEET_OPS_PORT: String(ops) }],
    ['processor', { HEXFLEET_OPS_PORT: String(ops) }],
  ] as const) {
    const own = { ...env, ...ports, HEXFLEET_NODE: `${role}-1` };
    const isHealthy = () => {
      try {
        execFileSync(health[0]!, health.slice(1), { cwd: image, env: own, stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };
    expect(isHealthy()).toBe(false);
    const child = spawn(entrypoint[0]!, [...entrypoint.slice(1), role], {
      cwd: image,
      env: own,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await expect.poll(isHealthy, { timeout: 30_000 }).toBe(true);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }
}, 400_000);

// npm run build: compiles and bundles the server with rolldown, and the pages with vite, each only when its sources changed.
import './lib/node-version.mjs';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { print, seconds, step } from './lib/console.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { tryLock } from './lib/lock.mjs';
import { must, run, runScript, tool } from './lib/processes.mjs';
import { inRoot } from './lib/root.mjs';

const CONFIGS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/compile.mjs',
  'scripts/bundle.mjs',
  'scripts/lib/programs.mjs',
];
const SERVER = [
  'apps',
  'libs',
  ...['bench', 'chaos', 'fixtures', 'screenshots', 'soak', 'upgrade'].map((dir) => `test/${dir}`),
];
const PARTS = [
  {
    name: 'server',
    dirs: SERVER,
    output: ['dist/apps', 'dist/libs', 'dist/test', 'dist/bundle'],
    build: async () => {
      const { compile } = await import('./compile.mjs');
      await compile(SERVER.filter((dir) => existsSync(inRoot(dir))));
      await must('rolldown', run(process.execPath, [inRoot('scripts/bundle.mjs')]));
    },
  },
  {
    name: 'web',
    dirs: ['web', 'libs'], // the pages share the protocol, the sdk and the city
    output: ['dist/web'],
    build: () =>
      must(
        'vite build',
        tool('vite/bin/vite.js', ['build', 'web', '--logLevel', 'warn', '--emptyOutDir'], {
          env: { ...process.env, NODE_ENV: 'production' },
        }),
      ),
  },
];

const stampOf = (name) => inRoot(`dist/.${name}-stamp`);

/** Hashes the sources of a part: contents rather than times, because a checkout touches files without changing them. */
function hashOf({ dirs }) {
  const hash = createHash('sha256');
  const files = dirs
    .filter((dir) => existsSync(inRoot(dir))) // an image may leave out the tests
    .flatMap((dir) => readdirSync(inRoot(dir), { recursive: true }).map((file) => join(dir, file)))
    .filter((file) => /\.\w+$/.test(file) && !/\.test\.tsx?$/.test(file));
  for (const file of [...CONFIGS, ...files.sort()]) {
    const content = readFileSync(inRoot(file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

const isStale = (part) =>
  !existsSync(stampOf(part.name)) || readFileSync(stampOf(part.name), 'utf8') !== hashOf(part);

async function build(part) {
  const hash = hashOf(part);
  for (const path of [stampOf(part.name), ...part.output.map((dir) => inRoot(dir))])
    rmSync(path, { recursive: true, force: true });
  await part.build();
  writeFileSync(stampOf(part.name), hash);
}

/** Waits for the build of another launcher in this checkout: the two would delete each other's output. */
async function lockBuild(log) {
  const file = inRoot('dist/.building');
  mkdirSync(inRoot('dist'), { recursive: true });
  for (let tries = 0; ; tries++) {
    const { unlock } = await tryLock(file);
    if (unlock) return unlock;
    if (tries === 10) log(`Waiting for another build to finish (lock file ${file}) ...`);
    await wait(100);
  }
}

/**
 * Builds what changed since the last build, server and pages in parallel, after deleting the old output.
 * @returns {Promise<boolean>} whether anything was built
 * @throws {Failure} after printing the compiler's messages
 */
export async function buildIfNeeded(log = print) {
  if (!PARTS.some(isStale)) return false;
  const unlock = await lockBuild(log);
  try {
    const parts = PARTS.filter(isStale); // checked again: another launcher may just have built it
    if (parts.length === 0) return false;
    await step(
      `Building ${parts.map(({ name }) => name).join(' and ')}`,
      // Not Promise.all, because a build that is still running when the other fails would continue in the background.
      async () => {
        const failed = (await Promise.allSettled(parts.map(build))).find(({ reason }) => reason);
        if (failed) throw failed.reason;
      },
      log,
    );
    return true;
  } finally {
    unlock();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runScript(async () => {
    const from = Date.now();
    await installIfNeeded();
    const isBuilt = await buildIfNeeded();
    print(isBuilt ? `Built in ${seconds(Date.now() - from)}.` : 'Nothing changed since the last build.');
  });

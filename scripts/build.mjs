// npm run build: builds the server with nest build and the pages with vite, each only when its sources changed.
import './lib/node-version.mjs';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { print, seconds, step } from './lib/console.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { locked } from './lib/lock.mjs';
import { mustRun, runScript } from './lib/processes.mjs';
import { inRoot, root } from './lib/root.mjs';

const STAMP = inRoot('dist/.stamp');
const CONFIGS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'scripts/build.mjs',
];

/** Returns the sources below a folder, sorted: all files but unit tests. */
function filesIn(dir) {
  if (!existsSync(inRoot(dir))) return []; // an image may leave out the tests
  return readdirSync(inRoot(dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

// Hashes contents rather than times, because a checkout touches files without changing them.
function hashOf(dirs) {
  const hash = createHash('sha256');
  for (const path of [...CONFIGS, ...dirs.flatMap(filesIn)]) {
    const content = readFileSync(inRoot(path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

const tool = (what, path, args, options) =>
  mustRun(what, process.execPath, [inRoot('node_modules', path), ...args], options);

const PARTS = {
  server: {
    dirs: ['apps', 'libs', 'test/bench', 'test/chaos', 'test/screenshots', 'test/fixtures'],
    output: ['dist/apps', 'dist/libs', 'dist/test'],
    build: () => tool('nest build', '@nestjs/cli/bin/nest.js', ['build'], { cwd: root }),
  },
  web: {
    dirs: ['web', 'libs'], // the pages share the protocol, the sdk and the city
    output: ['dist/web'],
    build: () =>
      tool('vite build', 'vite/bin/vite.js', ['build', '--logLevel', 'warn', '--emptyOutDir'], {
        cwd: inRoot('web'),
        env: { ...process.env, NODE_ENV: 'production' },
      }),
  },
};

const readStamps = () => {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return {};
  }
};
const writeStamps = (change) => writeFileSync(STAMP, JSON.stringify({ ...readStamps(), ...change }));

const stale = () => {
  const stamps = readStamps();
  return Object.keys(PARTS)
    .map((name) => ({ name, hash: hashOf(PARTS[name].dirs), ...PARTS[name] }))
    .filter(({ name, hash }) => stamps[name] !== hash);
};

/**
 * Builds what changed since the last build, server and pages in parallel, after deleting the old output.
 * @returns {Promise<string[]>} the parts built: 'server', 'web' or both
 * @throws {Failure} after printing the compiler's messages
 */
export async function buildIfNeeded({ log = print } = {}) {
  if (stale().length === 0) return [];
  // Two launchers in one checkout would delete each other's output.
  return locked(inRoot('dist/.building'), log, async () => {
    const parts = stale(); // checked again: another launcher may just have built it
    if (parts.length === 0) return [];
    const names = parts.map(({ name }) => name);
    writeStamps(Object.fromEntries(names.map((name) => [name, ''])));
    for (const path of parts.flatMap(({ output }) => output))
      rmSync(inRoot(path), { recursive: true, force: true });
    // Not Promise.all, because a build that is still running when the other fails would continue in the background.
    const work = async () => {
      const builds = parts.map(({ name, hash, build }) => build().then(() => writeStamps({ [name]: hash })));
      const failed = (await Promise.allSettled(builds)).find(({ reason }) => reason);
      if (failed) throw failed.reason;
    };
    await step(`Building ${names.join(' and ')}`, work, log);
    return names;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runScript(async () => {
    const from = Date.now();
    await installIfNeeded();
    const built = await buildIfNeeded();
    print(built.length ? `Built in ${seconds(Date.now() - from)}.` : 'Nothing changed since the last build.');
  });

// npm test: sets up, then runs lint, type checks, build, and the unit, integration and e2e tests.
// npm test -- --all: also the full tests. npm test -- --project unit: only the tests of that project.
// npm test -- libs/geo: only the tests whose path matches. The last line says `N passed, N failed`.
import './lib/node-version.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from './build.mjs';
import { findChromium } from './lib/chromium.mjs';
import { bold, dim, print, printError, report, seconds } from './lib/console.mjs';
import { Cancelled, run, stopOnSignals } from './lib/groups.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { inRoot, root } from './lib/root.mjs';
import { redisForTests } from './lib/test-redis.mjs';

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    project: { type: 'string', multiple: true, default: [] },
  },
});
/** Projects that `npm test` runs. The full tests run alone, after all others. */
const FAST = ['unit', 'integration', 'e2e', 'e2e-alone'];
const FULL = ['full'];
const temp = mkdtempSync(join(tmpdir(), 'hexfleet-test-'));
process.on('exit', () => rmSync(temp, { recursive: true, force: true }));
stopOnSignals(() => undefined);

const total = { passed: 0, failed: 0, skipped: 0 };

// Colours are noise in a log file, and not all tools detect one.
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' };
const biomeColours = process.stdout.isTTY ? [] : ['--colors=off'];
const tool = (path, ...args) =>
  run(process.execPath, [inRoot('node_modules', path), ...args], {
    cwd: root,
    inherit: true,
    env: { ...process.env, ...plain },
  });
/** Checks that everything public has a page and a docstring. */
const PAGES_CHECK = ['typedoc/bin/typedoc', '--emit', 'none', '--logLevel', 'Warn'];
const tsc = (project) => tool('typescript/bin/tsc', '-p', project);

/** Runs one part and prints its result. */
async function section(title, work) {
  const from = Date.now();
  print(`\n${bold(`== ${title}`)}`);
  const isGood = await work();
  print(`${dim(`${title}: ${isGood ? 'passed' : 'FAILED'} in ${seconds(Date.now() - from)}`)}`);
  return isGood;
}

async function check(title, work) {
  const isGood = await section(title, work);
  total[isGood ? 'passed' : 'failed'] += 1;
  return isGood;
}

async function build() {
  try {
    const built = await buildIfNeeded();
    if (built.length === 0) print('Up to date.');
    return true;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    report(error);
    return false;
  }
}

async function vitest(projects, redis, chromium) {
  const file = join(temp, `${projects.join('-')}.json`);
  const reporters = ['default', 'json', inRoot('scripts/lib/file-times.mjs')].map(
    (name) => `--reporter=${name}`,
  );
  const chosen = projects.map((name) => `--project=${name}`);
  const args = ['run', ...reporters, `--outputFile.json=${file}`, ...chosen, ...filters];
  const env = {
    ...process.env,
    ...plain,
    HEXFLEET_TEST_REDIS: redis,
    HEXFLEET_TEST_CHROMIUM: chromium ?? '',
  };
  const script = inRoot('node_modules/vitest/vitest.mjs');
  const { code } = await run(process.execPath, [script, ...args], { cwd: root, inherit: true, env });
  let failed = 0;
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    // A file that cannot be loaded, or whose set-up fails, has no failed test.
    const isBroken = ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
    failed = result.numFailedTests + result.testResults.filter(isBroken).length;
    total.passed += result.numPassedTests;
    total.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  } catch (error) {
    printError(`vitest wrote no result: ${error.message}`);
  }
  // For example, an uncaught error outside a test.
  if (code !== 0 && failed === 0) failed = 1;
  total.failed += failed;
  return failed === 0;
}

async function main() {
  await installIfNeeded();
  const redis = await redisForTests(temp);
  const chromium = await findChromium();
  print(dim(`Redis: ${redis}, Chromium: ${chromium ?? 'none'}`));
  const isPart = filters.length > 0 || options.project.length > 0;
  if (isPart) {
    // Tests of processes run the build; unit tests do not need it.
    if (!options.project.every((name) => name === 'unit') || filters.length > 0) await build();
  } else {
    await check(
      'Biome',
      async () => (await tool('@biomejs/biome/bin/biome', 'ci', ...biomeColours, '.')).code === 0,
    );
    await check('Types', async () => (await tsc('tsconfig.json')).code === 0);
    await check('Types of the page', async () => (await tsc('web/tsconfig.json')).code === 0);
    await check('Pages of the sdk', async () => (await tool(...PAGES_CHECK)).code === 0);
    if (!(await check('Build', build))) return;
  }
  const byDefault = filters.length > 0 ? [...FAST, ...FULL] : FAST;
  const projects = options.project.length > 0 ? options.project : byDefault;
  await section('Tests', () => vitest(projects, redis, chromium));
  if (options.all) await section('Full tests', () => vitest(FULL, redis, chromium));
}

const from = Date.now();
let isCancelled = false;
try {
  await main();
} catch (error) {
  isCancelled = error instanceof Cancelled;
  if (!isCancelled) {
    report(error);
    total.failed += 1;
  }
}
if (!isCancelled) {
  print(`\n${dim(`total time: ${seconds(Date.now() - from)}`)}`);
  if (total.skipped > 0) print(`skipped: ${total.skipped}`);
  print(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

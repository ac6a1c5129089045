// npm test: sets up, then runs lint, type checks, build, and the unit, integration and e2e tests.
// npm test -- --all: also the full tests. npm test -- --project unit: only the tests of that project.
// npm test -- libs/geo: only the tests whose path matches. The last line says `N passed, N failed`.
import './lib/node-version.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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
/** Runs a tool of a package. @returns whether it succeeded, and its output */
async function tool(path, ...args) {
  const { code, output } = await run(process.execPath, [inRoot('node_modules', path), ...args], {
    cwd: root,
    env: { ...process.env, ...plain },
  });
  return { isGood: code === 0, output };
}
/** Checks that everything public has a page and a docstring. */
const PAGES_CHECK = ['typedoc/bin/typedoc', '--emit', 'none', '--logLevel', 'Warn'];
const TSC = 'typescript/bin/tsc';

/** Runs one part and prints its result. */
async function section(title, work) {
  const from = Date.now();
  print(`\n${bold(`== ${title}`)}`);
  const isGood = await work();
  print(`${dim(`${title}: ${isGood ? 'passed' : 'FAILED'} in ${seconds(Date.now() - from)}`)}`);
  return isGood;
}

async function build(log = print) {
  try {
    const built = await buildIfNeeded({ log });
    if (built.length === 0) log('Up to date.');
    return true;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    report(error);
    return false;
  }
}

async function buildQuietly() {
  const lines = [];
  const isGood = await build((line) => lines.push(line));
  return { isGood, output: lines.join('\n') };
}

/** The longest first, because a few run at once. */
const CHECKS = [
  ['Build', buildQuietly],
  ['Types', () => tool(TSC, '-p', 'tsconfig.json')],
  ['Types of the page', () => tool(TSC, '-p', 'web/tsconfig.json')],
  ['Pages of the sdk', () => tool(...PAGES_CHECK)],
  ['Biome', () => tool('@biomejs/biome/bin/biome', 'ci', ...biomeColours, '.')],
];

/** Runs the checks, one for each core at a time, and prints each when it ends. @returns the titles of those that failed */
async function runChecks() {
  const waiting = [...CHECKS];
  const failed = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [title, work] = next;
      const from = Date.now();
      const { isGood, output } = await work();
      print(`\n${bold(`== ${title}`)}`);
      if (output.trim() !== '') print(output.trimEnd());
      print(dim(`${title}: ${isGood ? 'passed' : 'FAILED'} in ${seconds(Date.now() - from)}`));
      total[isGood ? 'passed' : 'failed'] += 1;
      if (!isGood) failed.push(title);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return failed;
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
    if ((await runChecks()).includes('Build')) return;
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

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
import { bold, dim, print, report, seconds } from './lib/console.mjs';
import { redisForTests } from './lib/find-redis.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { Cancelled, run, runScript } from './lib/processes.mjs';
import { inRoot, root } from './lib/root.mjs';

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
const total = { passed: 0, failed: 0, skipped: 0 };

// Colours are noise in a log file, and not all tools detect one.
const isPlain = !process.stdout.isTTY;
const environment = { ...process.env, ...(isPlain && { NO_COLOR: '1' }) };
const temp = mkdtempSync(join(tmpdir(), 'hexfleet-test-'));
process.on('exit', () => rmSync(temp, { recursive: true, force: true }));

/** Runs a program of node_modules. @returns {Promise<{ isGood: boolean, output: string }>} */
async function tool(path, args, options) {
  const words = [inRoot('node_modules', path), ...args];
  const { code, output } = await run(process.execPath, words, { cwd: root, env: environment, ...options });
  return { isGood: code === 0, output };
}

async function build() {
  if ((await buildIfNeeded()).length === 0) print('Up to date.');
  return true;
}

const TSC = 'typescript/bin/tsc';
/** Run one after another beside the build and the tests, which often wait. */
const CHECKS = [
  ['Types', () => tool(TSC, ['-p', 'tsconfig.json'])],
  ['Types of the page', () => tool(TSC, ['-p', 'web/tsconfig.json'])],
  // Everything public has a page and a docstring.
  ['Pages of the sdk', () => tool('typedoc/bin/typedoc', ['--emit', 'none', '--logLevel', 'Warn'])],
  ['Biome', () => tool('@biomejs/biome/bin/biome', ['ci', ...(isPlain ? ['--colors=off'] : []), '.'])],
];

/** Reports an error and counts it as a failure. */
const attempt = (work) =>
  work().catch((error) => {
    if (error instanceof Cancelled) throw error;
    report(error);
    return false;
  });

/** Runs the checks. @returns functions that print their results and count them */
async function runChecks() {
  const results = [];
  for (const [title, check] of CHECKS) {
    const from = Date.now();
    const { isGood, output } = await check();
    const ms = Date.now() - from;
    results.push(() => {
      print(`\n${bold(`== ${title}`)}`);
      if (output.trim() !== '') print(output.trimEnd());
      print(dim(`${title}: ${isGood ? 'passed' : 'FAILED'} in ${seconds(ms)}`));
      total[isGood ? 'passed' : 'failed'] += 1;
    });
  }
  return results;
}

/** Runs one part and prints its result. */
async function section(title, work) {
  const from = Date.now();
  print(`\n${bold(`== ${title}`)}`);
  const isGood = await attempt(work);
  print(dim(`${title}: ${isGood ? 'passed' : 'FAILED'} in ${seconds(Date.now() - from)}`));
  return isGood;
}

async function vitest(projects) {
  const file = join(temp, `${projects.join('-')}.json`);
  const reporters = ['default', 'json', inRoot('scripts/lib/file-times.mjs')];
  const args = [
    'run',
    ...reporters.map((name) => `--reporter=${name}`),
    `--outputFile.json=${file}`,
    ...projects.map((name) => `--project=${name}`),
    ...filters,
  ];
  const { isGood } = await tool('vitest/vitest.mjs', args, { inherit: true });
  const result = JSON.parse(readFileSync(file, 'utf8'));
  // A file that cannot be loaded, or whose set-up fails, has no failed test.
  const isBroken = ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  total.passed += result.numPassedTests;
  total.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  total.failed += result.numFailedTests + result.testResults.filter(isBroken).length;
  return isGood;
}

/** @returns whether everything passed; `total` has the numbers of the tests and checks */
async function runAll() {
  await installIfNeeded();
  environment.HEXFLEET_TEST_REDIS = await redisForTests(temp);
  environment.HEXFLEET_TEST_CHROMIUM = (await findChromium()) ?? '';
  const { HEXFLEET_TEST_REDIS: redis, HEXFLEET_TEST_CHROMIUM: chromium } = environment;
  print(dim(`Redis: ${redis}, Chromium: ${chromium || 'none'}`));
  if (filters.length > 0 || options.project.length > 0) return buildAndTest();
  const [isGood, results] = await Promise.all([buildAndTest(), runChecks()]);
  // Printed last, because they would disappear between the lines of the tests.
  for (const printAndCount of results) printAndCount();
  return isGood && total.failed === 0;
}

async function buildAndTest() {
  const byDefault = filters.length > 0 ? [...FAST, ...FULL] : FAST;
  const projects = options.project.length > 0 ? options.project : byDefault;
  // Tests of processes run the build; unit tests do not need it.
  if (projects.some((name) => name !== 'unit') && !(await section('Build', build))) {
    total.failed += 1;
    return false;
  }
  const isGood = await section('Tests', () => vitest(projects));
  return options.all ? (await section('Full tests', () => vitest(FULL))) && isGood : isGood;
}

await runScript(async () => {
  const from = Date.now();
  const isGood = await attempt(runAll);
  // For example, an uncaught error outside a test.
  if (!isGood && total.failed === 0) total.failed = 1;
  print(`\n${dim(`total time: ${seconds(Date.now() - from)}`)}`);
  if (total.skipped > 0) print(`skipped: ${total.skipped}`);
  print(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

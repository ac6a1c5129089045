// npm test: sets up, then runs lint, type checks, build, and the unit, integration and e2e tests.
// npm test -- --all: also the full tests. npm test -- --project unit: only the tests of that project.
// npm test -- libs/geo: only the tests whose path matches. The last line says `N passed, N failed`.
import './lib/node-version.mjs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from './build.mjs';
import { bold, dim, print, report, seconds } from './lib/console.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { Cancelled, runScript, tool } from './lib/processes.mjs';

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    project: { type: 'string', multiple: true, default: [] },
  },
});
/** Projects that `npm test` runs. */
const FAST = ['unit', 'integration', 'e2e', 'e2e-alone'];
/** Those that take longer: pages in browsers, and tests that run alone. */
const FULL = ['pages', 'full'];
const total = { passed: 0, failed: 0, skipped: 0 };

// Colours are noise in a log file, and not all tools detect one.
const isPlain = !process.stdout.isTTY;
if (isPlain) process.env.NO_COLOR = '1';

const check = (path, args) => async () => {
  const { code, output } = await tool(path, args);
  return { isGood: code === 0, output };
};

// The compiler in Go, which takes a quarter of the time. Typedoc and Nest's commands need the one in JavaScript.
const types = (project) => check('typescript-native/bin/tsc', ['-p', project]);

async function build() {
  const lines = [];
  const isGood = await attempt(() => buildIfNeeded((line) => lines.push(line)));
  return { isGood, output: lines.join('\n') };
}

/** Run one after another before the tests, whose pages need all of a small machine. */
const CHECKS = [
  ['Types', types('tsconfig.json')],
  ['Types of the page', types('web/tsconfig.json')],
  ['Types of the service workers', types('web/worker/tsconfig.json')],
  // Everything public has a page and a docstring.
  ['Pages of the sdk', check('typedoc/bin/typedoc', ['--emit', 'none', '--logLevel', 'Warn'])],
  ['Biome', check('@biomejs/biome/bin/biome', ['ci', ...(isPlain ? ['--colors=off'] : []), '.'])],
];

/** Reports an error. @returns whether there was none */
const attempt = async (work) => {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    report(error);
    return false;
  }
};

/** Runs a check, counts it and prints its result. @returns whether it passed */
async function runCheck([title, work]) {
  const from = Date.now();
  const { isGood, output } = await work();
  const took = seconds(Date.now() - from);
  total[isGood ? 'passed' : 'failed'] += 1;
  print(`\n${bold(`== ${title}`)}`);
  if (output.trim() !== '') print(output.trimEnd());
  print(dim(`${title}: ${isGood ? 'passed' : 'FAILED'} in ${took}`));
  return isGood;
}

async function vitest(projects) {
  const temp = mkdtempSync(join(tmpdir(), 'hexfleet-test-'));
  const file = join(temp, 'results.json');
  const args = ['default', 'json', 'test/file-times.ts'].map((name) => `--reporter=${name}`);
  args.push(`--outputFile.json=${file}`, ...projects.map((name) => `--project=${name}`), ...filters);
  const { code } = await tool('vitest/vitest.mjs', ['run', ...args], { inherit: true });
  const result = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(temp, { recursive: true });
  // A file that cannot be loaded, or whose set-up fails, has no failed test.
  const isBroken = ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  total.passed += result.numPassedTests;
  total.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
  total.failed += result.numFailedTests + result.testResults.filter(isBroken).length;
  // For example, an uncaught error outside a test.
  if (code !== 0 && total.failed === 0) total.failed = 1;
}

/** Runs everything; `total` then has the numbers of the tests and checks. */
async function runAll() {
  await installIfNeeded();
  const isWhole = filters.length === 0 && options.project.length === 0;
  if (isWhole) for (const each of CHECKS) await runCheck(each);
  await buildAndTest();
}

/** Builds what the tests of processes run, and finds the programs that they need. @returns whether the build succeeded */
async function prepare() {
  if (!(await runCheck(['Build', build]))) return false;
  const { findChromium, findRedis } = await import('#launcher/programs');
  const [redis, chromium] = [await findRedis(), await findChromium()];
  Object.assign(process.env, { HEXFLEET_TEST_REDIS: redis, HEXFLEET_TEST_CHROMIUM: chromium });
  print(dim(`Redis: ${redis}, Chromium: ${chromium || 'none'}`));
  return true;
}

async function buildAndTest() {
  const byDefault = filters.length > 0 ? [...FAST, ...FULL] : FAST;
  const projects = options.project.length > 0 ? options.project : byDefault;
  if (projects.some((name) => name !== 'unit') && !(await prepare())) return;
  await vitest(projects);
  if (options.all) await vitest(FULL);
}

await runScript(async () => {
  const from = Date.now();
  if (!(await attempt(runAll))) total.failed += 1;
  print(`\n${dim(`total time: ${seconds(Date.now() - from)}`)}`);
  if (total.skipped > 0) print(`skipped: ${total.skipped}`);
  print(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

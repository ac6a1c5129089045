import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Row as IndexRow } from '../bench/fleet-index/rows.js';
import type { Row as PipelineRow } from '../bench/pipeline-report.js';
import { browserPath } from '../fixtures/browser.js';

const MAIN = fileURLToPath(new URL('../../dist/test/bench/main.js', import.meta.url));

async function quick<Row>(bench: string, ...more: string[]): Promise<{ rows: Row[]; stdout: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-bench-'));
  const file = join(dir, 'rows.json');
  const args = [MAIN, bench, '--quick', '--json', file, ...more];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const rows = JSON.parse(await readFile(file, 'utf8')) as Row[];
  await rm(dir, { recursive: true });
  return { rows, stdout };
}

test('the pipeline benchmark still measures both designs', async () => {
  const { rows, stdout } = await quick<PipelineRow>('pipeline');
  expect(rows.map(({ name, rate }) => [name, rate])).toEqual([
    ['tutorial', 1_000],
    ['hexfleet', 1_000],
  ]);
  for (const row of rows) {
    expect(row.cpuMs).toBeGreaterThan(0);
    expect(row.p50Ms).toBeGreaterThan(0);
    expect(row.ackedShare).toBeGreaterThan(0.9);
    expect(row.deliveredShare).toBeGreaterThan(0.9);
    expect(stdout).toContain(`| ${row.rate} | ${row.name} |`);
  }
}, 120_000);

test('the index benchmark still measures both indexes, and they give the same answers', async () => {
  // With --strict it fails when answers differ; a quick run holds nothing else against a bound.
  const { rows, stdout } = await quick<IndexRow>('index', '--strict');
  expect(rows.map(({ trial }) => trial)).toEqual([
    'nearest-200k-3km',
    'nearest-20k-3km',
    'nearest-20k-1km',
    'moves',
    'moves',
  ]);
  for (const row of rows) {
    expect(row.hexfleet).toBeGreaterThan(0);
    expect(row.flat).toBeGreaterThan(0);
    expect(row.ratio).toBeCloseTo(row.hexfleet / row.flat);
    expect(stdout).toContain(`| ${row.question} | ${row.drivers.toLocaleString('en')} |`);
  }
  expect(stdout).toMatch(/^reached {2}answers that differ/m);
}, 120_000);

test('a benchmark that there is not is answered with those that there are', async () => {
  const run = promisify(execFile)(process.execPath, [MAIN, 'nothing']);
  await expect(run).rejects.toMatchObject({
    stderr: expect.stringMatching(/bench -- index .*bench -- pipeline /s),
  });
});

test.skipIf(browserPath === '')(
  'the benchmark of the board still measures the map alone and with vehicles',
  async () => {
    const { rows, stdout } = await quick<{ what: string; framesPerS: number; scriptMs: number }>('board');
    expect(rows).toHaveLength(3);
    for (const { framesPerS } of rows.slice(0, 2)) expect(framesPerS).toBeGreaterThan(0);
    expect(rows[1]!.scriptMs).toBeGreaterThan(0);
    console.log(stdout);
  },
);

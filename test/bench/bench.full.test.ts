import { expect, test } from 'vitest';
import { browserPath } from '../fixtures/browser.js';
import type { Row as PipelineRow } from './pipeline-report.js';
import { quick } from './quick.js';

test('the pipeline benchmark measures both designs', async () => {
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

test.skipIf(browserPath === '')(
  'the board benchmark measures the map with and without vehicles',
  async () => {
    const { rows, stdout } = await quick<{ what: string; framesPerS: number; scriptMs: number }>('board');
    expect(rows).toHaveLength(3);
    for (const { framesPerS } of rows.slice(0, 2)) expect(framesPerS).toBeGreaterThan(0);
    expect(rows[1]!.scriptMs).toBeGreaterThan(0);
    console.log(stdout);
  },
);

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Row as CrowdRow } from './crowd.js';
import type { Row as IndexRow } from './fleet-index/rows.js';
import { MAIN, quick } from './quick.js';

test('the index benchmark measures both indexes, and they give the same answers', async () => {
  // With --strict it fails when answers differ; a quick run checks no other bound.
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

test('an unknown benchmark name is answered with the list of benchmarks', async () => {
  const run = promisify(execFile)(process.execPath, [MAIN, 'nothing']);
  await expect(run).rejects.toMatchObject({
    stderr: expect.stringMatching(/bench -- index .*bench -- pipeline /s),
  });
});

test('the crowd benchmark delivers an event to every socket of both gateways', async () => {
  const options = ['--only', 'hexfleet', '--sockets', '30', '--events', '1'];
  const { rows, stdout } = await quick<CrowdRow>('crowd', ...options);
  expect(rows).toMatchObject([{ name: 'hexfleet', sockets: 30, receivedShare: 1 }]);
  expect(stdout).toMatch(/^reached {2}share of sockets that received the event/m);
}, 60_000);

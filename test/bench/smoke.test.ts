import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { LookRow } from './crowd/looking.js';
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

test('every rider of a crowd that begins to look at once gets an answer and a first frame', async () => {
  const options = ['--event', 'looking', '--sockets', '30', '--strict'];
  const { rows, stdout } = await quick<LookRow>('crowd', ...options);
  expect(rows).toMatchObject([{ riders: 30, receivedShare: 1 }]);
  expect(rows[0]!.frameMs).toBeGreaterThan(rows[0]!.answerMs);
  expect(stdout).toMatch(/^reached {2}share of riders that received an answer and a frame/m);
}, 60_000);

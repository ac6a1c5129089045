import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Row } from '../bench/report.js';

const MAIN = fileURLToPath(new URL('../../dist/test/bench/main.js', import.meta.url));

test('the pipeline benchmark still measures both designs', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-bench-'));
  const file = join(dir, 'rows.json');
  const { stdout } = await promisify(execFile)(process.execPath, [
    MAIN,
    'pipeline',
    '--quick',
    '--json',
    file,
  ]);
  const rows = JSON.parse(await readFile(file, 'utf8')) as Row[];
  await rm(dir, { recursive: true });
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

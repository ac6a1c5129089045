import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The built program of all benchmarks. */
export const MAIN = fileURLToPath(new URL('../../dist/test/bench/main.js', import.meta.url));

/** Runs a benchmark as briefly as it can be; its rows and what it prints. */
export async function quick<Row>(bench: string, ...more: string[]): Promise<{ rows: Row[]; stdout: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-bench-'));
  const file = join(dir, 'rows.json');
  const args = [MAIN, bench, '--quick', '--json', file, ...more];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const rows = JSON.parse(await readFile(file, 'utf8')) as Row[];
  await rm(dir, { recursive: true });
  return { rows, stdout };
}

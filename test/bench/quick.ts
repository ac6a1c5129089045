import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Path of the built benchmark program. */
export const MAIN = fileURLToPath(new URL('../../dist/test/bench/main.js', import.meta.url));

/** Runs a benchmark for the shortest possible time. @returns its rows and output */
export async function quick<Row>(bench: string, ...more: string[]): Promise<{ rows: Row[]; stdout: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hexfleet-bench-'));
  const file = join(dir, 'rows.json');
  const args = [MAIN, bench, '--quick', '--json', file, ...more];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const rows = JSON.parse(await readFile(file, 'utf8')) as Row[];
  await rm(dir, { recursive: true });
  return { rows, stdout };
}

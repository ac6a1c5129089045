import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './console.mjs';
import { run } from './groups.mjs';

/**
 * Creates the data directory and claims it for this launcher: two launchers on one directory would stop each other's Redis.
 * @throws {Failure} when another launcher uses it, or when it is not writable
 */
export async function claimDataDir(dir) {
  const file = join(dir, 'launcher.pid');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const owner = await ownerOf(file);
    if (owner)
      throw new Failure(
        `HEXFLEET_DATA_DIR ${dir} is in use by process ${owner}: stop it, or set another one.`,
      );
    writeFileSync(file, String(process.pid));
  } catch (error) {
    if (!error.code) throw error;
    throw new Failure(`HEXFLEET_DATA_DIR ${dir} cannot be written (${error.code}).`);
  }
  process.on('exit', () => rmSync(file, { force: true }));
}

async function ownerOf(file) {
  let pid;
  try {
    pid = Number(readFileSync(file, 'utf8'));
  } catch {}
  if (!pid || pid === process.pid) return;
  // The pid may have been reused by another program.
  const { code, output } = await run('ps', ['-o', 'args=', '-p', String(pid)]);
  if (code === 127) return;
  return /\bstart\.mjs\b/.test(output) ? pid : undefined;
}

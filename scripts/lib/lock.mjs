import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from './console.mjs';
import { run } from './processes.mjs';

/** Returns the pid of the live script that holds a lock file, or undefined. */
async function holderOf(file) {
  let pid;
  try {
    pid = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  if (pid === '') return pid; // the holder is just writing it
  // The pid of a dead script may have been reused, by this one or by another program.
  if (pid === String(process.pid)) return;
  const { output } = await run('ps', ['-o', 'args=', '-p', pid]);
  return /\.mjs\b/.test(output) ? pid : undefined;
}

/**
 * Takes a lock file, also from a dead process.
 * @returns `unlock`, which is also called on exit, or the pid of its `holder`
 */
async function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = await holderOf(file);
    if (holder !== undefined) return { holder };
    rmSync(file, { force: true });
    return tryLock(file);
  }
  const unlock = () => {
    rmSync(file, { force: true });
    process.off('exit', unlock);
  };
  process.on('exit', unlock); // Ctrl-C does not pass through `finally`
  return { unlock };
}

/** Runs `work` while no other process runs work under the same lock file. */
export async function locked(file, log, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let tries = 0; ; tries++) {
    const { unlock } = await tryLock(file);
    if (unlock) return work().finally(unlock);
    if (tries === 10) log(`Waiting for another build to finish (lock file ${file}) ...`);
    await wait(100);
  }
}

/**
 * Creates the data directory and claims it for this launcher: two launchers on one directory would stop each other's Redis.
 * @throws {Failure} when another launcher uses it, or when it is not writable
 */
export async function claimDataDir(dir) {
  const lock = async () => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return tryLock(join(dir, 'launcher.pid'));
  };
  const { holder } = await lock().catch(({ code }) => {
    throw new Failure(`HEXFLEET_DATA_DIR ${dir} cannot be written (${code}).`);
  });
  if (holder !== undefined)
    throw new Failure(
      `HEXFLEET_DATA_DIR ${dir} is in use by process ${holder}: stop it, or set another one.`,
    );
}

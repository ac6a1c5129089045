import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { run } from './processes.mjs';

/** Returns the pid of the live script that holds a lock file; undefined if there is none. */
async function holderOf(file) {
  let pid;
  try {
    pid = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  if (pid === '') return pid; // the holder is just writing it
  // The pid of a dead script may have been reused, by this one or by another program.
  if (pid !== String(process.pid) && /\.mjs\b/.test((await run('ps', ['-o', 'args=', '-p', pid])).output))
    return pid;
}

/**
 * Takes a lock file, also from a dead process.
 * @returns `unlock`, which is also called on exit, or the pid of its `holder`
 */
export async function tryLock(file) {
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

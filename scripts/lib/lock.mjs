import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Returns whether the process that wrote the file is alive, or is just writing it. */
function isLocked(file) {
  let owner = '';
  try {
    owner = readFileSync(file, 'utf8');
    if (owner) process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    return owner !== '' && error.code === 'EPERM';
  }
}

/** Runs `work` under an exclusive lock file. The lock of a dead process is ignored. */
export async function locked(file, log, work) {
  mkdirSync(dirname(file), { recursive: true });
  const unlock = () => rmSync(file, { force: true });
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isLocked(file)) unlock();
    else if (tries === 10) log(`Waiting for another build to finish (lock file ${file}) ...`);
    await wait(100);
  }
  process.once('exit', unlock); // Ctrl-C does not pass through `finally`
  try {
    return await work();
  } finally {
    unlock();
    process.off('exit', unlock);
  }
}

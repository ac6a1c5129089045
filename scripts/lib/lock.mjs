import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** True while the process that wrote the file is alive, or is just writing it. */
function isHeld(file) {
  let owner = '';
  try {
    owner = readFileSync(file, 'utf8');
    if (owner) process.kill(Number(owner), 0);
    return true;
  } catch (error) {
    return owner !== '' && error.code === 'EPERM';
  }
}

/** Does `work` while no other process does work under the same lock file. The lock of a dead process does not count. */
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
    if (!isHeld(file)) unlock();
    else if (tries === 10) log(`Waiting for another build to end (it holds ${file}) ...`);
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

// The data directory of npm start: one launcher at a time, and secrets that only this user can read.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './console.mjs';
import { tryLock } from './lock.mjs';

export const newSecret = () => randomBytes(32).toString('base64url');

/**
 * Creates the data directory and claims it for this launcher: two launchers on one directory would stop each other's Redis.
 * @throws {Failure} when another launcher uses it, or when it is not writable
 */
export async function claimDataDir(dir) {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const { holder } = await tryLock(join(dir, 'launcher.pid'));
    if (holder === undefined) return;
    throw new Failure(
      `HEXFLEET_DATA_DIR ${dir} is in use by process ${holder}: stop it, or set another one.`,
    );
  } catch (error) {
    if (error.code === undefined) throw error;
    throw new Failure(`HEXFLEET_DATA_DIR ${dir} cannot be written (${error.code}).`);
  }
}

/** Returns the secret that signs tokens, created once, so that tokens survive a restart. */
export function loadOrCreateSecret(dir) {
  const file = join(dir, 'jwt-secret');
  const stored = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (stored.length >= 32) return stored;
  const secret = newSecret();
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#scripts/console';
import { tryLock } from '#scripts/lock';

export const newSecret = (): string => randomBytes(32).toString('base64url');

/**
 * Creates the data directory and claims it for this launcher: two launchers on one directory would stop each other's Redis.
 * @throws {Failure} when another launcher uses it, or when it is not writable
 */
export async function claimDataDir(dir: string): Promise<void> {
  const claim = async () => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return tryLock(join(dir, 'launcher.pid'));
  };
  const { holder } = await claim().catch(({ code, message }) => {
    throw new Failure(`HEXFLEET_DATA_DIR ${dir} cannot be written (${code ?? message}).`);
  });
  if (holder !== undefined)
    throw new Failure(
      `HEXFLEET_DATA_DIR ${dir} is in use by process ${holder}: stop it, or set another one.`,
    );
}

/** Returns the secret that signs tokens, created once, so that tokens survive a restart. Only this user can read it. */
export function loadOrCreateSecret(dir: string): string {
  const file = join(dir, 'jwt-secret');
  const stored = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (stored.length >= 32) return stored;
  const secret = newSecret();
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const newSecret = () => randomBytes(32).toString('base64url');

/** Writes a file readable only by this user. */
export function writePrivate(file, text) {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600); // `mode` applies only to a new file
}

/**
 * Returns the secret that signs tokens, created once and stored in the data directory so that tokens survive a restart.
 */
export function loadOrCreateSecret(dataDir) {
  const file = join(dataDir, 'jwt-secret');
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length >= 32) return secret;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const secret = newSecret();
  writePrivate(file, `${secret}\n`);
  return secret;
}

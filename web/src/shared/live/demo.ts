import type { Role } from '#protocol';
import { randomId } from '#sdk/util';
import { type Identity, isSignInMissing } from './sign-in.js';
import { store, stored } from './storage.js';
import { demoToken } from './tokens.js';

/**
 * Signs this tab in as a visitor of the demo.
 * @throws {HexfleetError} when the service gives no tokens to visitors
 */
export async function demoIdentity(role: Role): Promise<Identity> {
  const userId = visitor(role);
  const token = demoToken(role, userId);
  try {
    await token();
  } catch (error) {
    // Otherwise the client tries again by itself, and the page says so.
    if (isSignInMissing(error)) throw error;
  }
  return { userId, token, isDemo: true };
}

/** Returns the name of this tab's demo visitor. Windows that this tab opens get a copy of its sessionStorage, so the same. */
export function visitor(role: Role): string {
  const key = `hexfleet-visitor-${role}`;
  const name = stored(key) ?? `${role}-${randomId().slice(0, 6)}`;
  store(key, name);
  return name;
}

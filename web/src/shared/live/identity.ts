import type { Role } from '#protocol';
import { cachedToken, HexfleetError, tokenClaims } from '#sdk';
import { sleep } from '#sdk/util';
import { demoIdentity } from './demo.js';
import { RETRY_MS } from './retry.js';
import type { Identity } from './sign-in.js';
import { stored } from './storage.js';

/** Attribute of an `<iframe>` whose embedding page answers token requests. */
export const SIGN_IN_ATTRIBUTE = 'data-hexfleet-sign-in';

/**
 * Finds the user of this page: signed in by the embedding page, else by the operator's sign-in in this tab, else a visitor of
 * the demo. Never read from the address, so no link can choose or replace the user of a tab.
 * @throws {HexfleetError} when nobody is signed in and the service gives no tokens to visitors
 */
export async function identity(role: Role): Promise<Identity> {
  // Only a page of the same origin can set it: to a page embedded by another origin, `frameElement` is null.
  if (window.frameElement?.hasAttribute(SIGN_IN_ATTRIBUTE)) {
    // Most pages need none of it.
    const { askEmbedder } = await import('./embedding.js');
    const token = cachedToken(askEmbedder);
    // The embedding page may have none yet.
    while ((await token().catch(() => null)) === null) await sleep(RETRY_MS);
    // The only page that embeds others is the showcase of the demo.
    return { ...(await ofOneUser(token)), isDemo: true };
  }
  const kept = () => stored(`hexfleet-token-${role}`);
  // Read each time: the sign-in may have renewed it.
  if (kept() !== null) return { ...(await ofOneUser(() => kept() ?? '')), isDemo: false };
  return demoIdentity(role);
}

/** A renewed token must be of the same user: what is on the page is theirs. */
async function ofOneUser(source: () => string | Promise<string>): Promise<Omit<Identity, 'isDemo'>> {
  const sub = userOf(await source());
  const token = async () => {
    const next = await source();
    if (userOf(next) === sub) return next;
    throw new HexfleetError({
      code: 'OTHER_USER',
      retry: false,
      message: 'Signed out, or in as another user',
    });
  };
  return { userId: sub, token };
}

/** Unverified: whether a token holds is for the service to say. */
const userOf = (token: string): string => tokenClaims(token)?.sub ?? '';

import type { Role } from '#protocol';
import { type TokenSource, tokenClaims } from '#sdk';
import { demoToken } from './tokens.js';

/** Who looks at a page. */
export type Identity = { userId: string; token: TokenSource };

/**
 * Whose page this is: of the token in the address (`/rider#token=…`), which is kept for this tab and taken out of the
 * address; otherwise of someone of the demo, by the name in the address (`?as=ada`) or one of this tab's own.
 */
export function identity(role: Role): Identity {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(`hexfleet-token-${role}`, given);
    history.replaceState(null, '', `${location.pathname}${location.search}`);
  }
  const token = given ?? sessionStorage.getItem(`hexfleet-token-${role}`);
  if (token !== null) return { userId: subjectOf(token), token };
  const userId = new URLSearchParams(location.search).get('as') ?? visitor(role);
  return { userId, token: demoToken(role, userId) };
}

function visitor(role: Role): string {
  const key = `hexfleet-visitor-${role}`;
  const name = sessionStorage.getItem(key) ?? `${role}-${Math.random().toString(36).slice(2, 8)}`;
  sessionStorage.setItem(key, name);
  return name;
}

/** @returns an empty id for an invalid token, which the service refuses */
const subjectOf = (token: string): string => tokenClaims(token)?.sub ?? '';

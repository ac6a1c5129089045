import type { Role } from '#protocol';
import type { TokenSource } from '#sdk';
import { demoToken } from './tokens.js';

/** User of a page and their token. */
export type Identity = { userId: string; token: TokenSource };

/**
 * Returns the user of this page. A token in the address (`/rider#token=…`) is stored for this tab and removed from the
 * address. Without one, the user is a demo user named in the address (`?as=ada`) or a generated one for this tab.
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

function subjectOf(token: string): string {
  try {
    const claims: unknown = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')));
    if (typeof claims === 'object' && claims !== null && 'sub' in claims) return String(claims.sub);
  } catch {
    // The service rejects invalid tokens.
  }
  return '';
}

import type { Role } from '#protocol';
import { devToken } from '#sdk';

const MARGIN_MS = 30_000;
/** For a token that does not say when it ends. */
const DEFAULT_LIFE_MS = 60_000;

/** A token of the demo, kept until shortly before it expires: the sdk asks for one with every request. */
export function demoToken(role: Role, sub: string): () => Promise<string> {
  let token: Promise<string> | null = null;
  let until = 0;
  return () => {
    if (token !== null && Date.now() < until) return token;
    const fresh = devToken(role, sub);
    token = fresh;
    until = Number.POSITIVE_INFINITY;
    fresh.then(
      (value) => {
        until = expiry(value) - MARGIN_MS;
      },
      () => {
        token = null;
      },
    );
    return fresh;
  };
}

/** Epoch ms. Only a hint for renewal: whether the token holds is the server's to say. */
function expiry(token: string): number {
  try {
    const claims: unknown = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')));
    if (typeof claims === 'object' && claims !== null && 'exp' in claims && typeof claims.exp === 'number')
      return claims.exp * 1_000;
  } catch {
    // not a JWT that a page can read
  }
  return Date.now() + DEFAULT_LIFE_MS + MARGIN_MS;
}

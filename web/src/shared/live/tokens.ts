import type { Role } from '#protocol';
import { devToken } from '#sdk';
import { claimsOf } from './sign-in.js';

const MARGIN_MS = 30_000;
/** For a token that does not say when it ends. */
const DEFAULT_LIFE_MS = 60_000;

/** Returns tokens of a demo user. */
export const demoToken = (role: Role, sub: string): (() => Promise<string>) =>
  cached(() => devToken(role, sub));

/** Keeps a token until shortly before it expires: the sdk asks for one with every request. */
export function cached(fetchToken: () => Promise<string>): () => Promise<string> {
  let token: Promise<string> | null = null;
  let until = 0;
  return () => {
    if (token !== null && Date.now() < until) return token;
    const fresh = fetchToken();
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
  const { exp } = claimsOf(token);
  return typeof exp === 'number' ? exp * 1_000 : Date.now() + DEFAULT_LIFE_MS + MARGIN_MS;
}

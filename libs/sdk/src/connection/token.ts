/** A token, or a function that fetches one: called before each connection attempt, and again before the token expires. */
export type TokenSource = string | (() => string | Promise<string>);

/** Payload of a JWT, unverified. */
export type TokenClaims = {
  /** id of the user; null when the token has none */
  sub: string | null;
  /** expiry, epoch ms; null when the token has none */
  expiresAt: number | null;
};

/** A cached token is replaced this long before it expires, so that it is still valid when it arrives. */
const MARGIN_MS = 30_000;
/** Lifetime in the cache of a token without a readable expiry. */
const DEFAULT_LIFETIME_MS = 60_000;

export const fetchToken = async (source: TokenSource): Promise<string> =>
  typeof source === 'string' ? source : source();

/**
 * Reads the claims of a token without verifying them: only the service decides whether a token is valid.
 * @returns null for anything that is not a JWT
 */
export function tokenClaims(token: string): TokenClaims | null {
  try {
    const claims: unknown = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')));
    if (typeof claims !== 'object' || claims === null) return null;
    const { sub, exp } = claims as { sub?: unknown; exp?: unknown };
    return {
      sub: typeof sub === 'string' ? sub : null,
      expiresAt: typeof exp === 'number' ? exp * 1_000 : null,
    };
  } catch {
    return null;
  }
}

/**
 * Wraps a function that fetches a token, and calls it again only shortly before the token expires. Concurrent calls share
 * one fetch; a failed fetch is not cached.
 */
export function cachedToken(fetch: () => Promise<string>): () => Promise<string> {
  let token: Promise<string> | null = null;
  let until = 0;
  return () => {
    if (token !== null && Date.now() < until) return token;
    const fetched = fetch();
    token = fetched;
    until = Number.POSITIVE_INFINITY;
    fetched.then(
      (value) => {
        const expiresAt = tokenClaims(value)?.expiresAt ?? null;
        until = expiresAt === null ? Date.now() + DEFAULT_LIFETIME_MS : expiresAt - MARGIN_MS;
      },
      () => {
        token = null;
      },
    );
    return fetched;
  };
}

/** Wraps a source so that `subject` resolves with the `sub` of its first token that has one. */
export function withSubject(source: TokenSource): { source: TokenSource; subject: Promise<string> } {
  let resolve: (subject: string) => void;
  const subject = new Promise<string>((settle) => {
    resolve = settle;
  });
  const inspect = (token: string) => {
    const sub = tokenClaims(token)?.sub ?? null;
    if (sub !== null) resolve(sub);
    return token;
  };
  if (typeof source === 'string') return { source: inspect(source), subject };
  return { source: async () => inspect(await source()), subject };
}

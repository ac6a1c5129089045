/** A token, or a function that fetches one: called before each connection attempt, and again before the token expires. */
export type TokenSource = string | (() => string | Promise<string>);

/** Payload of a JWT, unverified. */
export type TokenClaims = {
  /** id of the user; null when the token has none */
  sub: string | null;
  /** time of issue by the clock of the issuer, epoch ms; null when the token has none */
  issuedAt: number | null;
  /** expiry by the clock of the issuer, epoch ms; null when the token has none */
  expiresAt: number | null;
};

/** A cached token is replaced this long before it expires, so that it is still valid when it arrives. */
const MARGIN_MS = 30_000;
/** Assumed lifetime of a token that has just arrived and has no readable expiry, or has expired if the device's clock is right. */
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
    const { sub, iat, exp } = claims as { sub?: unknown; iat?: unknown; exp?: unknown };
    const time = (seconds: unknown) => (typeof seconds === 'number' ? seconds * 1_000 : null);
    return { sub: typeof sub === 'string' ? sub : null, issuedAt: time(iat), expiresAt: time(exp) };
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
  let hasPassed = (_ms: number) => false;
  let lifetimeMs = 0;
  return () => {
    if (token !== null && !hasPassed(lifetimeMs - MARGIN_MS)) return token;
    const fetched = fetch();
    token = fetched;
    hasPassed = () => false;
    fetched.then(
      (value) => {
        lifetimeMs = remainingMs(tokenClaims(value));
        hasPassed = sinceNow();
      },
      () => {
        token = null;
      },
    );
    return fetched;
  };
}

/** Remaining lifetime of a token that has just arrived. It is by the issuer's clock, and the device's may be wrong. */
function remainingMs(claims: TokenClaims | null): number {
  const { issuedAt = null, expiresAt = null } = claims ?? {};
  if (expiresAt === null) return DEFAULT_LIFETIME_MS;
  const byDeviceMs = expiresAt - Date.now();
  const mostMs = issuedAt === null ? byDeviceMs : Math.min(byDeviceMs, expiresAt - issuedAt);
  return byDeviceMs > 0 ? mostMs : DEFAULT_LIFETIME_MS;
}

/** Measures time from now by two clocks, because the device's can be set back, and the other one stops while it sleeps. */
function sinceNow(): (ms: number) => boolean {
  const [device, steady] = [Date.now(), performance.now()];
  return (ms) => Math.max(Date.now() - device, performance.now() - steady) >= ms;
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

import { HexfleetError, type TokenSource } from '#sdk';

/** The signed-in user of a page. */
export type Identity = { userId: string; token: TokenSource };

/** Whether a page cannot go on without a sign-in: a refusal that is final. */
export const isSignInMissing = (error: unknown): boolean => error instanceof HexfleetError && !error.retry;

/** Returns the claims of a token, unverified: whether it holds is the service's to say. */
export function claimsOf(token: string): { sub?: unknown; exp?: unknown } {
  try {
    return JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))) ?? {};
  } catch {
    // Not a JWT that a page can read.
    return {};
  }
}

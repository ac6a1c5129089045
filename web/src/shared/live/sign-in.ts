import { HexfleetError, type TokenSource } from '#sdk';

/** The signed-in user of a page. */
export type Identity = { userId: string; token: TokenSource };

/** Whether a page cannot go on without a sign-in: a refusal that is final. */
export const isSignInMissing = (error: unknown): boolean => error instanceof HexfleetError && !error.retry;

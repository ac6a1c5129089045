import { HexfleetError, type TokenSource } from '#sdk';

/** The user of a page. */
export type Identity = {
  userId: string;
  token: TokenSource;
  /** whether this is a visitor of the demo, whose page the address may control */
  isDemo: boolean;
};

/** Whether a page cannot go on without a sign-in: a refusal that is final. */
export const isSignInMissing = (error: unknown): boolean => error instanceof HexfleetError && !error.retry;

import { HexfleetError } from '#sdk';

/** What a page says that has no token in its address and is given none, by the code of the refusal. */
export const NO_TOKEN: Readonly<Record<string, string>> = {
  NOT_FOUND:
    'This page needs a token. Open it from your app, or start Hexfleet with HEXFLEET_DEMO=1 to try it.',
  DEMO_NOT_HERE:
    'The demo is not open at this address. Open this page at localhost, or add its host to HEXFLEET_DEMO_HOSTS.',
};

/** @returns why a page gets no token, in words for its user; null when `error` is about something else */
export const whyNoToken = (error: unknown): string | null =>
  error instanceof HexfleetError ? (NO_TOKEN[error.code] ?? null) : null;

import { HexfleetError } from '#sdk';

/** Texts for a page that has no token in its address and was refused a demo token, by error code. */
export const NO_TOKEN: Readonly<Record<string, string>> = {
  NOT_FOUND:
    'This page needs a token. Open it from your app, or start Hexfleet with HEXFLEET_DEMO=1 to try it.',
  DEMO_NOT_HERE:
    'The demo isn’t available at this address. Open this page on localhost, or add its host to HEXFLEET_DEMO_HOSTS.',
};

/** Returns why the page gets no token, as text for its user; null if the error is about something else. */
export const whyNoToken = (error: unknown): string | null =>
  error instanceof HexfleetError ? (NO_TOKEN[error.code] ?? null) : null;

import type { TokenSource } from '#sdk';

const TOKEN_MS = 3_600_000;

/** Asks for a new token only now and then; every reconnection and every request wants one. */
export function cached(fetchToken: () => Promise<string>): TokenSource {
  let token: Promise<string> | null = null;
  let until = 0;
  return () => {
    if (token === null || Date.now() > until) {
      until = Date.now() + TOKEN_MS;
      token = fetchToken();
      token.catch(() => {
        token = null;
      });
    }
    return token;
  };
}

/** A token, or a function that fetches one: asked before each connection attempt, and again before the token expires. */
export type TokenSource = string | (() => string | Promise<string>);

export const fetchToken = async (source: TokenSource): Promise<string> =>
  typeof source === 'string' ? source : source();

/** A source that also tells whose tokens it gives, once it gave one: the `sub` of the first. */
export function knowingItsSubject(source: TokenSource): { source: TokenSource; subject: Promise<string> } {
  let tell: (subject: string) => void;
  const subject = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const look = (token: string) => {
    const found = subjectOf(token);
    if (found !== null) tell(found);
    return token;
  };
  if (typeof source === 'string') return { source: look(source), subject };
  return { source: async () => look(await source()), subject };
}

/** Unchecked: whether a token holds is the service's to say. @returns null for what is not a JWT with a subject */
function subjectOf(token: string): string | null {
  try {
    const part = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    const claims: unknown = JSON.parse(atob(part));
    const isKnown = typeof claims === 'object' && claims !== null && 'sub' in claims;
    return isKnown && typeof claims.sub === 'string' ? claims.sub : null;
  } catch {
    return null;
  }
}

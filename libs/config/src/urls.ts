/** Wildcard addresses: a server may listen on them, but no client can connect to them. */
const WILDCARDS: readonly string[] = ['0.0.0.0', '::'];

/** Whether a server at this address listens on all of them. */
export const isWildcard = (host: string): boolean => WILDCARDS.includes(host);

const isIpv6 = (host: string): boolean => host.includes(':');

/** Whether only programs on this machine can reach a server that listens on `host`. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);

/** Whether an `Origin` is a page on this machine, over any port. */
export const isLocalOrigin = (origin: string): boolean =>
  /^https?:\/\//.test(origin) && URL.canParse(origin) && isLoopback(new URL(origin).hostname);

/** Returns the URL of a server on this machine that listens on `host`, without a trailing slash. */
export function urlOf(host: string, port: number): string {
  const name = isWildcard(host) || /^127\.0\.0\.1$/.test(host) ? 'localhost' : host;
  return `http://${isIpv6(name) ? `[${name}]` : name}:${port}`;
}

/**
 * Masks possible secrets in the URLs of a text: user and password, and the query. The user part extends to the last @
 * before the next URL, because an unescaped password may itself contain any of `@ , / ? #`.
 */
export const maskUrls = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)(?:(?!,\s*[a-z][a-z0-9+.-]*:\/\/)[^\s"'])*@/gi, '$1***@')
    .replace(
      /(\b[a-z][a-z0-9+.-]*:\/\/(?:(?!,\s*[a-z][a-z0-9+.-]*:\/\/)[^\s"'?])*)\?(?:(?!,\s*[a-z][a-z0-9+.-]*:\/\/)[^\s"'])*/gi,
      '$1?***',
    );

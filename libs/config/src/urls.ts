/** Names of every address of a machine: a server may listen there, but nobody can connect to that name. */
const WILDCARDS: readonly string[] = ['0.0.0.0', '::'];

const isIpv6 = (host: string): boolean => host.includes(':');

/** Whether only programs of this machine can reach a server that listens at `host`. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);

/** Address of a server on this machine that listens at `host`, without a slash at the end. */
export function urlOf(host: string, port: number): string {
  const name = WILDCARDS.includes(host) || /^127\.0\.0\.1$/.test(host) ? 'localhost' : host;
  return `http://${isIpv6(name) ? `[${name}]` : name}:${port}`;
}

/**
 * Replaces what can be a secret in the URLs of a text: user and password, and the query. The user part reaches to the
 * last @ before the next URL, because an unescaped password may itself hold any of `@ , / ? #`.
 */
export const maskUrls = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)(?:(?!,\s*[a-z][a-z0-9+.-]*:\/\/)[^\s"'])*@/gi, '$1***@')
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s"'?,]*)\?[^\s"',]*/gi, '$1?***');

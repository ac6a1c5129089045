import { isIP } from 'node:net';
import type { Config } from '#config';
import { isPublicAddress } from './public-address.js';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** Names that no public server has. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|lan|home|arpa|test|invalid|onion)$/;

type Allowed = Pick<Config, 'pushHosts' | 'pushLoopback'>;

/**
 * Whether messages may be sent to an endpoint: a host of HEXFLEET_PUSH_HOSTS or below one, if there are any, else any public
 * host, by HTTPS at its default port. So nobody can make a gateway send requests into its own network.
 */
export function isAllowedEndpoint(endpoint: string, { pushHosts, pushLoopback }: Allowed): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, username, password } = new URL(endpoint);
  if (username !== '' || password !== '') return false;
  if (pushLoopback && LOOPBACK.has(hostname)) return protocol === 'https:' || protocol === 'http:';
  if (protocol !== 'https:') return false;
  // A URL has no port if it is the default one.
  if (pushHosts.length > 0)
    return port === '' && pushHosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) return port === '' && isPublicAddress(address);
  return port === '' && hostname.includes('.') && !LOCAL_NAME.test(hostname.replace(/\.$/, ''));
}

import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { isLoopback } from '#config';
import { ProtocolError } from '#protocol';
import { KeyedRateLimiter } from '../auth/keyed-rate-limiter.js';

/** Handshakes of one address at one gateway. Phones of a carrier share an address, so it is far above those of one user. */
const BURST = 200;
const PER_SECOND = 20;

type Request = Pick<IncomingMessage, 'headers'> & {
  socket: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * Returns the address of a client behind a number of proxies, each of which appends the address that it sees to
 * `X-Forwarded-For`. What is before those entries was sent by the client, which can write anything.
 */
export function addressOf({ headers, socket }: Request, proxies: number): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  const path = [...forwarded, socket.remoteAddress ?? ''];
  return networkOf(path[Math.max(0, path.length - 1 - proxies)]!);
}

/** One customer has a /64 of IPv6 addresses, RFC 6177. An IPv4 address may be written as one of IPv6. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = tail === undefined ? [] : Array<string>(8 - left!.length - right!.length).fill('0');
  const groups = [...left!, ...zeros, ...right!].slice(0, 4);
  return plain === '::1' ? plain : groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/**
 * Returns whether another handshake of an address is allowed now, and counts it if so. Programs on this machine are not
 * limited.
 * @param proxies in front of the gateway; undefined if that is unknown: all clients could then have the address of the proxy, so
 * that none is limited
 */
export function handshakeLimits(proxies: number | undefined): (request: Request) => boolean {
  const limiter = new KeyedRateLimiter(BURST, PER_SECOND);
  return (request) => {
    if (proxies === undefined) return true;
    const address = addressOf(request, proxies);
    if (isLoopback(address)) return true;
    try {
      limiter.take(address, Date.now());
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  };
}

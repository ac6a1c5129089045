import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { type Config, isLoopback } from '#config';
import { CONFIG } from '#ops';
import { ProtocolError } from '#protocol';

/**
 * Allows demo tokens only for pages and programs of this machine. A browser lets any website send a request to localhost,
 * and one whose name was rebound to 127.0.0.1 can also read the response: the first has another Origin, the second
 * another Host.
 */
@Injectable()
export class DemoGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'host' | 'demoHosts'>) {}

  /** @throws {ProtocolError} DEMO_NOT_HERE or NOT_JSON */
  canActivate(context: ExecutionContext): true {
    const { headers } = context.switchToHttp().getRequest<Request>();
    const host = hostOf(headers.host);
    if (host === null || !this.#isOurs(host.hostname)) throw new ProtocolError('DEMO_NOT_HERE');
    if (headers.origin !== undefined && !this.#isSameOrigin(headers.origin, host))
      throw new ProtocolError('DEMO_NOT_HERE');
    // A form of another site can send only types that need no preflight, and JSON needs one.
    if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
      throw new ProtocolError('NOT_JSON');
    return true;
  }

  #isOurs(hostname: string): boolean {
    const { host, demoHosts } = this.config;
    return (
      isLoopback(hostname) || unbracketed(hostname) === host.toLowerCase() || demoHosts.includes(hostname)
    );
  }

  #isSameOrigin(origin: string, { host, hostname, origin: own }: URL): boolean {
    // A listed name may belong to a proxy that terminates TLS.
    return origin === own || (this.config.demoHosts.includes(hostname) && origin === `https://${host}`);
  }
}

/** Parses a Host header into the URL of its origin; null when it is anything but a host and a port. */
function hostOf(header = ''): URL | null {
  if (!/^(\[[a-f0-9:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(header)) return null;
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : null;
}

const unbracketed = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

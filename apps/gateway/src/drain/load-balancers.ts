import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import type { Readiness } from '#ops';
import { sessionIdOf } from '../session-ids.js';

/** Longer than any balancer keeps its connections: one that closes while a request is on its way fails that request. */
const KEEP_ALIVE_MS = 75_000;

/** Returns the number at the end of a name such as `gateway-2`, 0 without one. */
export const numberOf = (node: string): number => Number(/\d{1,6}$/.exec(node)?.[0] ?? 0);

/**
 * Prepares a gateway for load balancers in front of it. A session id begins with the number at the end of the gateway's name,
 * by which they send its polls here. While it drains, it closes each connection with a response, so that none is idle in
 * their pools when it ends, and refuses new sessions with 503, on which they try the next gateway.
 *
 * A balancer without health checks goes on sending until a request fails. So when the gateway is about to close, it drops GETs,
 * which are safe to send again: the balancer sends them to another gateway, and then everything else, too. Otherwise the first one
 * to fail might be a change, on a connection that was not accepted any more.
 */
export function serveLoadBalancers(
  server: HttpServer,
  engine: Server['engine'],
  node: string,
  readiness: Readiness,
): void {
  const isDraining = () => 'draining' in readiness.reasons;
  const isClosing = () => 'closing' in readiness.reasons;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.prependListener('request', (request, response) => {
    if (isDraining()) response.setHeader('connection', 'close');
    if (isClosing() && request.method === 'GET' && !isOfSession(request)) request.socket.destroy();
  });
  const number = numberOf(node);
  engine.generateId = () => sessionIdOf(number);
  type Refusable = { statusCode: number; end(): void };
  engine.use((request: { url: string }, response: Refusable, next: () => void): void => {
    const isRefused = isDraining() && !isOfSession(request);
    if (isRefused) response.statusCode = 503;
    (isRefused ? () => response.end() : next)();
  });
}

/** Whether a request belongs to a Socket.IO session, which only this gateway has. */
const isOfSession = ({ url }: { url?: string | undefined }): boolean => url?.includes('sid=') ?? false;
